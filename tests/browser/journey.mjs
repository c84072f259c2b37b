// One browser's way: the host app, the link pages, DocuSign.

import assert from "node:assert/strict";

const { HOST_APP, OWNHAND, SIMULATOR, SIMULATOR_KEY } = process.env;
const [{ login: LOGIN, email: EMAIL, password: PASSWORD }] = JSON.parse(process.env.PEOPLE);
const NAME = "Jane Doe";

async function atDocusign(method, what, body) {
  const answer = await fetch(new URL(`/_simulator/${what}`, SIMULATOR), {
    method,
    headers: { authorization: `Bearer ${SIMULATOR_KEY}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  assert.ok(answer.ok, `${what}: ${answer.status}`);
}

export class Journey {
  /** What the browser's console said of Ownhand's pages, and requests to anybody else. */
  complaints = [];
  #page;
  #picture;
  /** A status that a page is expected to have, which the console reports as an error. */
  #expected = 200;

  constructor(page, picture) {
    this.#page = page;
    this.#picture = picture;
    page.on("console", (message) => {
      const text = message.text();
      const where = message.location().url || page.url();
      // The host app and DocuSign have no icon, which is their own affair.
      if (message.type() === "error" && where.startsWith(OWNHAND) && !text.includes(`status of ${this.#expected}`)) {
        this.complaints.push(`${where}: ${text}`);
      }
    });
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("request", (request) => {
      const { origin } = new URL(request.url());
      if (![HOST_APP, OWNHAND, SIMULATOR].some((known) => new URL(known).origin === origin)) {
        this.complaints.push(`a request to ${origin}`);
      }
    });
  }

  /** Access tokens that DocuSign gives out from now on must be renewed before the next send. */
  static async shortTokens() {
    await atDocusign("PUT", "switches", { access_token_seconds: 3 });
  }

  /** The user withdraws their consent at DocuSign. */
  static async withdrawConsent() {
    await atDocusign("POST", "consent/revoke", { user: EMAIL });
  }

  async signInAtHostApp() {
    await this.#page.goto(HOST_APP);
    await this.#page.locator(`form:has(input[value="${LOGIN}"]) button`).click();
    await this.#page.getByRole("button", { name: "Connect DocuSign" }).waitFor();
  }

  /** From the host app's button to the start page; answers its address. */
  async start(heading, picture = "start") {
    await this.#page.goto(HOST_APP);
    await this.#page.getByRole("button", { name: "Connect DocuSign" }).click();
    await this.#look(heading, picture);
    await this.#shows("Acme Legal", NAME, EMAIL);
    return this.#page.url();
  }

  async throughDocusign() {
    await this.#page.getByRole("button", { name: "Continue to DocuSign" }).click();
    await this.#page.getByLabel("E-mail").fill(EMAIL);
    await this.#page.getByLabel("Password").fill(PASSWORD);
    await this.#page.getByRole("button", { name: "Log in" }).click();
    const allow = this.#page.getByRole("button", { name: "Allow access" });
    const ours = this.#page.getByRole("heading", { name: "Is this the right DocuSign account?" });
    await allow.or(ours).waitFor();
    if (await allow.isVisible()) {
      await allow.click();
    }
  }

  /** The confirm page; answers its address. */
  async confirmPage() {
    await this.#look("Is this the right DocuSign account?", "confirm");
    await this.#shows(NAME, EMAIL, "Jane Doe, Acme Legal");
    return this.#page.url();
  }

  async done() {
    await this.#page.getByRole("button", { name: "Connect", exact: true }).click();
    await this.#look("DocuSign is connected", "done");
    await this.#shows(NAME, EMAIL, "Jane Doe, Acme Legal");
    const back = this.#page.getByRole("link", { name: "Back to Acme Legal" });
    assert.equal(await back.getAttribute("href"), `${HOST_APP}/signatures`);
  }

  async cancel() {
    await this.#page.getByRole("button", { name: "Cancel", exact: true }).click();
    await this.#page.waitForURL(`${HOST_APP}/signatures`);
  }

  /** Sends until the connection is known to be dead: what is left of a living access token still sends. */
  async sendUntilDead() {
    const ends = Date.now() + 30_000;
    let said;
    do {
      await this.#page.goto(HOST_APP);
      await this.#page.getByRole("button", { name: /^Send / }).click();
      await this.#page.waitForURL("**/send");
      said = await this.#page.locator("body").innerText();
    } while (said.includes("Sent.") && Date.now() < ends);
    await this.#shows("link_needs_relink");
  }

  /** An address that is refused, on a page that says what to do. */
  async refused(url, status, heading, picture) {
    this.#expected = status;
    const answer = await this.#page.goto(url);
    assert.equal(answer.status(), status);
    await this.#look(heading, picture);
    await this.#shows("What to do now");
    this.#expected = 200;
  }

  /** The page with this heading is a good page; takes a picture of it. */
  async #look(heading, picture) {
    const page = this.#page;
    await page.getByRole("heading", { level: 1, name: heading }).waitFor();
    assert.equal(await page.locator("h1").count(), 1);
    assert.equal(await page.locator("html").getAttribute("lang"), "en");
    assert.equal(await page.locator("script").count(), 0);
    const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
    assert.ok(wide <= room, `${picture} is wider than the screen: ${wide} > ${room}`);
    // A page without its stylesheet has no card of its own width.
    const card = await page.locator("main").boundingBox();
    assert.ok(card.width <= 640, `${picture} has no stylesheet: ${card.width}`);
    await this.#picture(page, picture);
  }

  async #shows(...words) {
    const text = await this.#page.locator("body").innerText();
    for (const word of words) {
      assert.ok(text.includes(word), `${this.#page.url()} does not show "${word}":\n${text}`);
    }
  }
}
