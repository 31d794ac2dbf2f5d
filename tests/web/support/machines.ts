// Machines in the states tests begin with.

import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { test as base, expect, type Page } from "@playwright/test";

import type { Commands, ListInput, SessionForm, Settings } from "../../../ui/src/lib/generated/contract";
import { COMMUNE, HAMLET, Place, run, SCHOOL, type Server, USER } from "./programs";

const HEADER =
  "id,unit,date,start,duration_minutes,form,topics,venue,facilitators,language,note,target_group,attended,female," +
  "ethnic_minority,khmer,elderly,disabled,poor,first_time,assessed,completed";

/** Who uses another machine of the hamlet. */
const NEIGHBOUR = "Thạch Văn Bảy";

/** Who uses the commune's machine. */
const OFFICER = "Cán bộ xã";

/** The list without a filter. */
export const EVERYTHING: ListInput = {
  text: "",
  month: "",
  unit: "",
  boundaries: "",
  topic: "",
  status: null,
  with_warnings: false,
  voided: false,
  oldest_first: false,
  offset: 0,
  limit: 100,
};

/** A centre with one hamlet. */
export class Office {
  private server: Server | undefined;

  constructor(private readonly place: Place) {}

  get url(): string {
    return this.server?.address ?? "";
  }

  /** Starts it, on the port it had before. */
  async up(): Promise<void> {
    const listen = this.url.replace("http://", "") || "127.0.0.1:0";
    this.server = await this.place.serve("hocvu-central", ["serve", "--db", this.file, "--listen", listen, "--deployment", "vl"]);
  }

  async down(): Promise<void> {
    await this.server?.stop();
  }

  /** Makes the hamlet and gives out a code for it. */
  code(): string {
    this.admin("unit", "add", "--parent", COMMUNE, "--level", "hamlet", "--name", HAMLET.name, "--uid", HAMLET.uid);
    const said = this.admin("enrol-code", "--unit", HAMLET.uid, "--role", "team", "--name", USER, "--json");
    return (JSON.parse(said) as { code: string }).code;
  }

  /** A code for another machine of the hamlet, once it was made. */
  another(name: string): string {
    const said = this.admin("enrol-code", "--unit", HAMLET.uid, "--role", "team", "--name", name, "--json");
    return (JSON.parse(said) as { code: string }).code;
  }

  /** A code for the machine of an officer of the commune. */
  officerCode(): string {
    const said = this.admin("enrol-code", "--unit", COMMUNE, "--role", "commune", "--name", OFFICER, "--json");
    return (JSON.parse(said) as { code: string }).code;
  }

  /** Makes the school and gives out a code for its coordinator's machine. */
  schoolCode(): string {
    this.admin("unit", "add", "--parent", COMMUNE, "--level", "school", "--name", SCHOOL.name, "--uid", SCHOOL.uid);
    const said = this.admin("enrol-code", "--unit", SCHOOL.uid, "--role", "school", "--name", USER, "--json");
    return (JSON.parse(said) as { code: string }).code;
  }

  figures(): { total: Record<string, number> } {
    return JSON.parse(this.admin("figures", "--unit", HAMLET.uid, "--json")) as { total: Record<string, number> };
  }

  private get file(): string {
    return join(this.place.folder, "centre.db");
  }

  private admin(...words: string[]): string {
    return run("hocvu-central", [...words, "--db", this.file]);
  }
}

/** The front end of one machine in the browser. */
export class Machine {
  private address = "";

  constructor(
    private readonly place: Place,
    readonly page: Page,
    private readonly name = "device",
  ) {}

  get data(): string {
    return join(this.place.folder, this.name);
  }

  /** Runs the command line on this machine's data; only while the screens are not open. */
  cli(...words: string[]): string {
    return run("hocvu-cli", ["--data", this.data, ...words]);
  }

  /** Records sessions as the import would: rows of the documented CSV, without the unit. */
  record(rows: Record<string, string>[]): void {
    const names = HEADER.split(",");
    const lines = rows.map((row) => names.map((name) => (name === "unit" ? HAMLET.uid : (row[name] ?? ""))).join(","));
    const file = join(this.place.folder, "sessions.csv");
    writeFileSync(file, [HEADER, ...lines].join("\n"));
    this.cli("session", "import", file, "--strict");
  }

  /** Opens the screens. */
  async open(...words: string[]): Promise<void> {
    const server = await this.place.serve("hocvu-harness", ["--data", this.data, "--ui", "ui/dist", "--listen", "127.0.0.1:0", ...words]);
    this.address = server.address;
    await this.page.goto(this.address);
    await this.page.locator("main").first().waitFor();
  }

  async go(screen: string): Promise<void> {
    await this.page.goto(`${this.address}/#/${screen}`);
  }

  /** Changes the only session. */
  async edit(change: Partial<SessionForm>): Promise<string> {
    const { rows } = await this.call("session.list", EVERYTHING);
    const id = rows[0]?.id ?? "";
    const { draft_id, form } = await this.call("session.begin", { from: "edit", id });
    await this.call("session.save", { draft_id, record_id: id, form: { ...form, ...change } });
    return id;
  }

  /** Sends and fetches, and waits until nothing waits any more. */
  async sync(): Promise<void> {
    const before = (await this.call("sync.status", {})).last_success;
    // A round says only to the second when it ended.
    await expect
      .poll(async () => {
        await this.call("sync.now", {});
        const { waiting, last_success, phase } = await this.call("sync.status", {});
        return waiting === 0 && phase === "idle" && last_success !== null && last_success !== before;
      })
      .toBe(true);
  }

  /** Asks the real program, beside the screens. */
  async call<K extends keyof Commands>(name: K, input: Commands[K]["input"]): Promise<Commands[K]["output"]> {
    const reply = await this.page.request.post(`${this.address}/call/${name}`, { data: input });
    expect(reply.ok(), `${name}: ${await reply.text()}`).toBe(true);
    return (await reply.json()) as Commands[K]["output"];
  }

  /** Saves a figure as another screen would; of adults on a day, where nothing else is said. */
  async tell(kind: string, unit: string, fields: Record<string, string>): Promise<string> {
    const told = { target_group: "adult", as_of: "20/11/2025", source: "Công an xã", ...fields };
    return (await this.call("record.save", { kind, id: null, unit, fields: told })).id;
  }

  /** As an officer: makes another hamlet of the commune. */
  async hamlet(name: string): Promise<string> {
    const saved = await this.call("unit.create", { uid: "", level: "hamlet", name, sort: "", code: "", parent: COMMUNE, valid_from: "", valid_to: "", members: [] });
    return saved.uid;
  }

  /** As an officer: several hamlets become one. */
  async merge(old: string[], name: string): Promise<void> {
    await this.call("unit.succeed", { kind: "merge", old, new: "", name, parts: [], parent: "", effective: "21/11/2025", legal_basis: "Nghị quyết 12/NQ-HĐND" });
  }

  /** Keeps the screens' next calls of a command waiting: `asked` once one waits, until `release`. */
  async hold(name: keyof Commands): Promise<{ asked: Promise<void>; release: () => void }> {
    let release = () => {};
    let seen = () => {};
    const held = new Promise<void>((go) => (release = go));
    const asked = new Promise<void>((go) => (seen = go));
    await this.page.route(`**/call/${name}`, async (route) => {
      seen();
      await held;
      await route.continue();
    });
    return { asked, release };
  }

  /** Nothing on the screen is to be scrolled sideways. */
  async fits(): Promise<void> {
    const beyond = await this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(beyond, "nothing to scroll sideways").toBe(0);
  }

  /** Changes some settings and shows the screen with them. */
  async wear(change: Partial<Settings>): Promise<void> {
    const { settings } = await this.call("app.state", {});
    await this.call("settings.write", { ...settings, ...change });
    await this.page.reload();
    await this.page.locator("main").first().waitFor();
  }

  /** The entry form as the program has it in its only draft. */
  async draft(): Promise<SessionForm> {
    const { drafts } = await this.call("today.read", {});
    const [draft] = drafts;
    if (!draft) throw new Error("there is no draft");
    return (await this.call("session.begin", { from: "draft", id: draft.id })).form;
  }
}

interface Machines {
  place: Place;
  /** The commune's machine, enrolled; the centre is up and has the hamlet. */
  officer: Machine;
  /** A machine of the hamlet beside the commune's, enrolled; its screens are not open. */
  hamlet: Machine;
  /** Two open machines of the hamlet that changed one session without knowing of each other; the first one's counts. */
  disagreeing: { first: Machine; second: Machine; id: string };
  /** Never opened. */
  fresh: Machine;
  /** A centre that is up. */
  office: Office;
  /** Enrolled for the hamlet; the screens are not open yet, the centre is down. */
  enrolled: Machine;
  /** The sample data, open. */
  sample: Machine;
  /** Enrolled for a school; the screens are not open yet, the centre is up. */
  school: Machine;
}

/** Another machine of the hamlet, which is there already. */
function neighbour(office: Office, place: Place, page: Page): Machine {
  const machine = new Machine(place, page, "other");
  machine.cli("enrol", "--code", office.another(NEIGHBOUR), "--centre", office.url, "--name", NEIGHBOUR);
  return machine;
}

export const test = base.extend<Machines>({
  place: async ({}, use) => {
    const place = new Place();
    await use(place);
    await place.end();
  },
  fresh: async ({ place, page }, use) => use(new Machine(place, page)),
  office: async ({ place }, use) => {
    const office = new Office(place);
    await office.up();
    await use(office);
  },
  enrolled: async ({ office, fresh }, use) => {
    fresh.cli("enrol", "--code", office.code(), "--centre", office.url, "--name", USER);
    await office.down();
    await use(fresh);
  },
  officer: async ({ office, fresh }, use) => {
    office.code();
    fresh.cli("enrol", "--code", office.officerCode(), "--centre", office.url, "--name", OFFICER);
    await use(fresh);
  },
  hamlet: async ({ officer: _, office, place, context }, use) => use(neighbour(office, place, await context.newPage())),
  disagreeing: async ({ office, place, context, fresh }, use) => {
    fresh.cli("enrol", "--code", office.code(), "--centre", office.url, "--name", USER);
    const other = neighbour(office, place, await context.newPage());
    fresh.record([{ date: "2025-11-20", form: "class", topics: "vneid", venue: "Nhà văn hóa ấp", facilitators: "Lan", language: "vi", target_group: "adult", attended: "31", female: "15" }]);
    fresh.cli("sync");
    other.cli("sync");
    await fresh.open();
    await other.open();
    for (const machine of [fresh, other]) await machine.call("settings.write", { ...(await machine.call("app.state", {})).settings, auto_send: false });
    const figures = (attended: string) => ({ counts: { adult: { attended, female: "15" } } });
    await other.edit(figures("29"));
    const id = await fresh.edit({ ...figures("27"), venue: "Chùa Ông Mẹt" });
    await other.sync();
    await fresh.sync();
    await other.sync();
    await use({ first: other, second: fresh, id });
  },
  school: async ({ office, fresh }, use) => {
    fresh.cli("enrol", "--code", office.schoolCode(), "--centre", office.url, "--name", USER);
    await use(fresh);
  },
  sample: async ({ fresh }, use) => {
    await fresh.open("--sample");
    await use(fresh);
  },
});

export { expect };
