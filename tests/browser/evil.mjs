// A site of somebody who means harm: served for real, since browsers hold pages that a test made up to other rules.

import { createServer } from "node:http";
import { once } from "node:events";

class Evil {
  #page = "";
  #server = createServer((_, answer) => answer.setHeader("content-type", "text/html").end(this.#page));

  async opens() {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    this.#server.unref();
  }

  /** Shows this page from now on; answers its address. */
  shows(html) {
    this.#page = html;
    return `http://evil.localhost:${this.#server.address().port}/`;
  }
}

export const evil = new Evil();
await evil.opens();
