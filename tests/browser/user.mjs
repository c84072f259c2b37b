// Somebody at a browser of their own: their own cookies at the host app, at Ownhand and at DocuSign.

import assert from "node:assert/strict";
import { evil } from "./evil.mjs";

const { HOST_APP, OWNHAND } = process.env;

export class User {
  page;
  #context;
  #person;

  static async sitsDown(browser, person) {
    const user = new User();
    // The certificates come from authorities that live as long as the test.
    user.#context = await browser.newContext({ ignoreHTTPSErrors: true });
    user.page = await user.#context.newPage();
    user.#person = person;
    await user.page.goto(HOST_APP);
    await user.page.locator(`form:has(input[value="${person.login}"]) button`).click();
    await user.page.getByRole("button", { name: "Connect DocuSign" }).waitFor();
    return user;
  }

  async leaves() {
    await this.#context.close();
  }

  /** One more tab of the same browser: a user of the same cookies. */
  async tab() {
    const other = new User();
    other.#context = this.#context;
    other.#person = this.#person;
    other.page = await this.#context.newPage();
    return other;
  }

  /** Presses the host app's button; answers the start URL. */
  async start() {
    await this.page.goto(HOST_APP);
    await this.page.getByRole("button", { name: "Connect DocuSign" }).click();
    await this.page.getByRole("button", { name: "Continue to DocuSign" }).waitFor();
    return this.page.url();
  }

  /** Goes on from the start page; answers DocuSign's address. */
  async goesOn() {
    await this.page.getByRole("button", { name: "Continue to DocuSign" }).click();
    await this.page.getByLabel("E-mail").waitFor();
    return this.page.url();
  }

  /** Signs in on DocuSign's page, and allows the access if it is asked for; what follows is the caller's to look at. */
  async signsIn(person = this.#person) {
    await this.page.getByLabel("E-mail").fill(person.email);
    await this.page.getByLabel("Password").fill(person.password);
    await this.page.getByRole("button", { name: "Log in" }).click({ noWaitAfter: true });
    const allow = this.page.getByRole("button", { name: "Allow access" });
    const away = this.page.waitForURL((url) => url.pathname !== "/oauth/auth" && url.pathname !== "/oauth/login");
    await Promise.race([allow.waitFor(), away.catch(() => {})]);
    if (await allow.isVisible()) {
      await allow.click({ noWaitAfter: true });
    }
  }

  /** Signs in at DocuSign, but never arrives at addresses like `pattern`; answers the one that was meant. */
  async signsInUpTo(pattern, person) {
    const devtools = await this.#context.newCDPSession(this.page);
    // Unlike a route of Playwright's, this stops redirects too.
    await devtools.send("Fetch.enable", { patterns: [{ urlPattern: pattern }] });
    const stopped = new Promise((resolve) => {
      devtools.once("Fetch.requestPaused", async ({ requestId, request }) => {
        await devtools.send("Fetch.failRequest", { requestId, errorReason: "Aborted" });
        resolve(request.url);
      });
    });
    await this.signsIn(person);
    const address = await stopped;
    await devtools.detach();
    return address;
  }

  /** Opens an address, and says what is there: the status and the heading, or the host app's complaint. */
  async opens(address) {
    const answer = await this.page.goto(address);
    return this.sees(answer.status());
  }

  async sees(status) {
    const text = await this.page.locator("body").innerText();
    const code = text.match(/"code":"([a-z_]+)"/)?.[1];
    const heading = this.page.locator("h1");
    const words = code ?? ((await heading.count()) > 0 ? await heading.first().innerText() : "nothing");
    return status === undefined ? words : `${status} ${words}`;
  }

  /** Waits until the page says this. */
  async arrivesAt(words) {
    await this.page.getByText(words).first().waitFor();
  }

  /** The whole honest walk. */
  async links() {
    await this.start();
    await this.goesOn();
    await this.signsIn();
    await this.arrivesAt("Is this the right DocuSign account?");
    await this.page.getByRole("button", { name: "Connect", exact: true }).click();
    await this.arrivesAt("DocuSign is connected");
  }

  /** With which DocuSign user the host app says they are connected. */
  async connection() {
    const tab = await this.#context.newPage();
    await tab.goto(`${HOST_APP}/connection`);
    const text = await tab.locator("body").innerText();
    await tab.close();
    return text.trim();
  }

  async disconnects() {
    await this.page.goto(HOST_APP);
    await this.page.getByRole("button", { name: "Unlink DocuSign" }).click();
    await this.arrivesAt("not connected");
  }

  /** The cookie that binds this browser to its walk. */
  async cookie() {
    const cookies = await this.#context.cookies(OWNHAND);
    assert.equal(cookies.length, 1, JSON.stringify(cookies.map(({ name }) => name)));
    return cookies[0];
  }

  /** A page of somebody who means harm, on a site of their own. */
  async visitsEvil(html) {
    await this.page.goto(evil.shows(html));
  }
}
