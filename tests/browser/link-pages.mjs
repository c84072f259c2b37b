// Walks through the link pages in Debian's Chromium as one user, in each look, and saves pictures.
// `cargo xtask screenshots` starts an installation and says by environment variables where it is.

import assert from "node:assert/strict";
import path from "node:path";
import { launch } from "./browser.mjs";
import { Journey } from "./journey.mjs";

const { PICTURES } = process.env;

const desktop = { width: 1200, height: 900 };
const phone = { width: 390, height: 844 };
const LOOKS = [
  // The first one links for the first time, and must do so without JavaScript.
  { name: "desktop-light", viewport: desktop, colorScheme: "light", javaScriptEnabled: false },
  { name: "desktop-dark", viewport: desktop, colorScheme: "dark" },
  { name: "phone-light", viewport: phone, colorScheme: "light", deviceScaleFactor: 2 },
  { name: "phone-dark", viewport: phone, colorScheme: "dark", deviceScaleFactor: 2 },
];

const browser = await launch();

async function inLook({ name, ...options }, act) {
  const context = await browser.newContext(options);
  try {
    const journey = new Journey(await context.newPage(), (page, what) =>
      page.screenshot({ path: path.join(PICTURES, `${what}-${name}.png`), fullPage: true }),
    );
    await act(journey);
    assert.deepEqual(journey.complaints, [], `${name}: the browser complained`);
  } finally {
    await context.close();
  }
}

try {
  await Journey.shortTokens();
  for (const [index, look] of LOOKS.entries()) {
    await inLook(look, async (journey) => {
      await journey.signInAtHostApp();
      const start = await journey.start(index === 0 ? "Connect your DocuSign account" : "Change your DocuSign connection");
      await journey.throughDocusign();
      const confirm = await journey.confirmPage();
      await inLook({ ...look, name: `other-${look.name}` }, (other) =>
        other.refused(confirm, 403, "This page belongs to another browser", "wrong-browser"),
      );
      await journey.done();
      await journey.refused(start, 410, "This link no longer works", "dead-link");
    });
  }
  await inLook(LOOKS[1], async (journey) => {
    await journey.signInAtHostApp();
    await journey.start("Change your DocuSign connection");
    await journey.throughDocusign();
    await journey.cancel();
  });
  await Journey.withdrawConsent();
  for (const look of LOOKS) {
    await inLook(look, async (journey) => {
      await journey.signInAtHostApp();
      await journey.sendUntilDead();
      await journey.start("Connect DocuSign again", "relink");
    });
  }
} finally {
  await browser.close();
}
