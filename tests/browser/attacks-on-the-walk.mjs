// The four attacks: a foreign start URL, authorize URL, callback and handle.

import { GONE, HONEST, NOTHING, WRONG_BROWSER, attack, attacker, confirms, judge, toConfirm, victim } from "./attack.mjs";

attack(
  "(a) the victim opens the attacker's start URL and walks to the end",
  `the page names the attacker; link_wrong_user; ${NOTHING}`,
  async ({ jane, omar }) => {
    await jane.page.goto(await omar.start());
    const names = (await jane.page.locator("body").innerText()).includes(attacker.name);
    await jane.goesOn();
    await jane.signsIn();
    await jane.arrivesAt("link_wrong_user");
    return [names ? "the page names the attacker" : "the page names nobody", await jane.sees()];
  },
);
attack(
  "(b) the victim opens the attacker's authorize URL",
  `This page belongs to another browser; ${NOTHING}`,
  async ({ jane, omar }) => {
    await omar.start();
    await jane.page.goto(await omar.goesOn());
    await jane.signsIn();
    await jane.arrivesAt("What to do now");
    return [await jane.sees()];
  },
);
attack(
  "(b) the same in the middle of the victim's own walk, which goes on in its tab",
  `This page belongs to another browser; ${HONEST}`,
  async ({ jane, omar }) => {
    await jane.start();
    await jane.goesOn();
    await omar.start();
    const tab = await jane.tab();
    await tab.page.goto(await omar.goesOn());
    await tab.signsIn();
    await tab.arrivesAt("What to do now");
    await jane.signsIn();
    await jane.arrivesAt("Is this the right DocuSign account?");
    await confirms(jane);
    return [await tab.sees()];
  },
);
attack(
  "(c) the victim is sent the attacker's callback",
  `${WRONG_BROWSER}; the attacker: ${GONE}; ${NOTHING}`,
  async ({ jane, omar }) => {
    await omar.start();
    await omar.goesOn();
    const callback = await omar.signsInUpTo("*/oauth/callback*");
    return [await jane.opens(callback), `the attacker: ${await omar.opens(callback)}`];
  },
);
attack(
  "(c) the victim's host session is sent the attacker's handle",
  `502 link_wrong_user; the attacker: 502 link_flow_gone; ${NOTHING}`,
  async ({ jane, omar }) => {
    await omar.start();
    await omar.goesOn();
    const finish = await omar.signsInUpTo("*/docusign/finish*");
    return [await jane.opens(finish), `the attacker: ${await omar.opens(finish)}`];
  },
);
attack(
  "(c) the victim is sent the attacker's confirm page",
  `${WRONG_BROWSER}; connected: nobody; redeemed: ${attacker.login}`,
  async ({ jane, omar }) => [await jane.opens(await toConfirm(omar))],
);
attack(
  "(d) the attacker finishes with the victim's handle",
  `502 link_wrong_user; the victim: 502 link_flow_gone; ${NOTHING}`,
  async ({ jane, omar }) => {
    await jane.start();
    await jane.goesOn();
    const finish = await jane.signsInUpTo("*/docusign/finish*");
    return [await omar.opens(finish), `the victim: ${await jane.opens(finish)}`];
  },
);
attack(
  "(d) the attacker walks with the victim's start URL; the victim's host session finishes",
  `This page belongs to another browser; connected: nobody; redeemed: ${attacker.login}`,
  async ({ jane, omar }) => {
    await omar.page.goto(await jane.start());
    await omar.goesOn();
    const finish = await omar.signsInUpTo("*/docusign/finish*", attacker);
    await jane.page.goto(finish);
    return [await jane.sees()];
  },
);

await judge();
