// Frames, forms of other sites, the cookie, and the turns that people take.

import { HONEST, attack, attacker, confirms, judge, toConfirm, victim } from "./attack.mjs";

const { HOST_APP, OWNHAND } = process.env;

attack(
  "start, confirm and refusal pages in a frame of another site",
  `framed: nothing, nothing, nothing, and the host app, which allows it; connected: nobody; redeemed: ${victim.login}`,
  async ({ jane }) => {
    const confirm = await toConfirm(jane);
    const start = await (await jane.tab()).start();
    const framed = [];
    for (const address of [start, confirm, `${OWNHAND}/link/acme/start/none`, HOST_APP]) {
      await jane.visitsEvil(`<p>evil</p><iframe src="${address}"></iframe>`);
      const frame = jane.page.frames().find((frame) => frame !== jane.page.mainFrame());
      // Where a frame is refused, the browser's own page stands.
      const inside = frame.url().startsWith(new URL(address).origin) && (await frame.locator("h1").count()) > 0;
      framed.push(inside ? "and the host app, which allows it" : "nothing");
    }
    return [`framed: ${framed.join(", ")}`];
  },
);
attack(
  "the start page's form sent by another site; the ticket stays good",
  `This form can’t be used; ${HONEST}`,
  async ({ jane }) => {
    const start = await jane.start();
    await jane.visitsEvil(`<form method=post action="${start}"></form><script>document.forms[0].submit()</script>`);
    await jane.arrivesAt("What to do now");
    const told = await jane.sees();
    await jane.page.goto(start);
    await jane.goesOn();
    await jane.signsIn();
    await jane.arrivesAt("Is this the right DocuSign account?");
    await confirms(jane);
    return [told];
  },
);
attack(
  "the confirm page's form sent by another site, with its own token even",
  `This form can’t be used; connected: nobody; redeemed: ${victim.login}`,
  async ({ jane }) => {
    const confirm = await toConfirm(jane);
    const value = (name) => jane.page.locator(`input[name=${name}]`).first().inputValue();
    const fields = { csrf: await value("csrf"), account_id: await value("account_id"), action: "confirm" };
    const inputs = Object.entries(fields).map(([name, text]) => `<input type=hidden name=${name} value="${text}">`);
    await jane.visitsEvil(
      `<form id=f method=post action="${confirm}">${inputs.join("")}</form><script>HTMLFormElement.prototype.submit.call(f)</script>`,
    );
    await jane.arrivesAt("What to do now");
    return [await jane.sees()];
  },
);
attack(
  "the cookie: bound to the host, out of reach of scripts and of sibling sites",
  `__Host-ownhand-link ownhand.localhost / secure httpOnly Lax; unchanged by a sibling; ${HONEST}`,
  async ({ jane }) => {
    await jane.start();
    await jane.goesOn();
    const before = await jane.cookie();
    const tab = await jane.tab();
    await tab.visitsEvil(
      `<script>for (const rest of ["domain=localhost", "domain=ownhand.localhost", "domain=.localhost; path=/oauth"])
        document.cookie = "__Host-ownhand-link=forged; secure; " + rest;</script>`,
    );
    const after = await jane.cookie();
    const traits = [before.secure && "secure", before.httpOnly && "httpOnly", before.sameSite].join(" ");
    await jane.signsIn();
    await jane.arrivesAt("Is this the right DocuSign account?");
    await confirms(jane);
    return [
      `${before.name} ${before.domain} ${before.path} ${traits}`,
      before.value === after.value ? "unchanged by a sibling" : "changed by a sibling",
    ];
  },
);
attack(
  "a double click on the way out, back from DocuSign, and back after the confirmation",
  `back from DocuSign: This link no longer works; back at the end: DocuSign is connected; ${HONEST}`,
  async ({ jane }) => {
    await jane.start();
    await jane.page.getByRole("button", { name: "Continue to DocuSign" }).dblclick();
    await jane.page.getByLabel("E-mail").waitFor();
    await jane.page.goBack();
    await jane.arrivesAt("What to do now");
    const first = await jane.sees();
    await jane.page.goForward();
    await jane.signsIn();
    await jane.arrivesAt("Is this the right DocuSign account?");
    await confirms(jane);
    await jane.page.goBack();
    await jane.arrivesAt("DocuSign is connected");
    return [`back from DocuSign: ${first}`, `back at the end: ${await jane.sees()}`];
  },
);
attack(
  "two walks in two tabs: each comes to its question, and the later one connects",
  // Both were proven to be the same user's, and both codes redeemed; the link is the one that was confirmed.
  `the earlier: Is this the right DocuSign account?; ${HONEST}, ${HONEST.split("redeemed: ")[1]}`,
  async ({ jane }) => {
    const tab = await jane.tab();
    await jane.start();
    await jane.goesOn();
    await tab.start();
    await tab.goesOn();
    await jane.signsIn();
    await jane.arrivesAt("Is this the right DocuSign account?");
    const earlier = await jane.sees();
    await tab.signsIn();
    await tab.arrivesAt("Is this the right DocuSign account?");
    await confirms(tab);
    return [`the earlier: ${earlier}`];
  },
);
attack(
  "another account at DocuSign than expected: the page says so, and cancel connects nobody",
  `names and warns; connected: nobody; redeemed: ${attacker.login}`,
  async ({ jane }) => {
    await jane.start();
    await jane.goesOn();
    await jane.signsIn(attacker);
    await jane.arrivesAt("Is this the right DocuSign account?");
    const text = await jane.page.locator("body").innerText();
    const warned = (await jane.page.getByRole("alert").count()) === 1;
    await jane.page.getByRole("button", { name: "Cancel", exact: true }).click();
    await jane.page.waitForURL("**/signatures");
    return [text.includes(attacker.email) && warned ? "names and warns" : "does not warn"];
  },
);

await judge();
