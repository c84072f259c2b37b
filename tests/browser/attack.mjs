// Plays attacks on the link walk in Debian's Chromium, each person in a browser of their own, over TLS on three sites.
// Prints a table: case, expected, seen.

import { launch } from "./browser.mjs";
import { User } from "./user.mjs";

const { SIMULATOR, SIMULATOR_KEY } = process.env;
export const [victim, attacker] = JSON.parse(process.env.PEOPLE);
export const WRONG_BROWSER = "403 This page belongs to another browser";
export const GONE = "410 This link no longer works";
export const NOTHING = "connected: nobody; redeemed: nothing";
export const HONEST = `connected: ${victim.login} as ${victim.email}; redeemed: ${victim.login}`;

const cases = [];

/** A case, played by `judge`. */
export function attack(name, expected, act) {
  cases.push([name, expected, act]);
}

async function journal() {
  const answer = await fetch(new URL("/_simulator/journal", SIMULATOR), {
    headers: { authorization: `Bearer ${SIMULATOR_KEY}` },
  });
  return answer.json();
}

/** Whose codes were redeemed since the journal had `mark` calls. */
async function redeemed(mark) {
  const calls = (await journal()).slice(mark).filter(({ path }) => path === "/oauth/token");
  const whose = calls.map(
    ({ status, user_id }) =>
      (status === 200 && [victim, attacker].find((person) => person.docusign_user === user_id)?.login) || "refused",
  );
  return whose.join(", ") || "nothing";
}

/** Plays a case; then says who is connected and whose codes were redeemed, and looks whether an honest walk works. */
async function play(browser, act) {
  const mark = (await journal()).length;
  const people = { jane: await User.sitsDown(browser, victim), omar: await User.sitsDown(browser, attacker) };
  const seen = await act(people);
  const connected = [];
  for (const [user, person] of [
    [people.jane, victim],
    [people.omar, attacker],
  ]) {
    const connection = await user.connection();
    if (connection !== "not connected") {
      connected.push(`${person.login} as ${connection}`);
      await user.disconnects();
    }
    await user.leaves();
  }
  seen.push(`connected: ${connected.join(", ") || "nobody"}; redeemed: ${await redeemed(mark)}`);
  const honest = await User.sitsDown(browser, victim);
  await honest.links();
  if ((await honest.connection()) !== victim.email) {
    seen.push("an honest walk fails afterwards");
  }
  await honest.disconnects();
  await honest.leaves();
  return seen.join("; ");
}

/** From the host app to the confirm page. */
export async function toConfirm(user) {
  await user.start();
  await user.goesOn();
  await user.signsIn();
  await user.arrivesAt("Is this the right DocuSign account?");
  return user.page.url();
}

export async function confirms(user) {
  await user.page.getByRole("button", { name: "Connect", exact: true }).click();
  await user.arrivesAt("DocuSign is connected");
}

/** Plays all cases and prints the table; the script fails if anything was seen that was not expected. */
export async function judge() {
  const browser = await launch();
  try {
    for (const [name, expected, act] of cases) {
      const seen = await play(browser, act);
      console.log(`  ${name}\n    expected  ${expected}\n    seen      ${seen === expected ? "the same" : seen}`);
      if (seen !== expected) {
        process.exitCode = 1;
      }
    }
  } finally {
    await browser.close();
  }
}
