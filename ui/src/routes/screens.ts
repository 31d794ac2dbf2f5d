import BookOpenCheck from "@lucide/svelte/icons/book-open-check";
import Building2 from "@lucide/svelte/icons/building-2";
import FileSpreadsheet from "@lucide/svelte/icons/file-spreadsheet";
import ChartColumn from "@lucide/svelte/icons/chart-column";
import GraduationCap from "@lucide/svelte/icons/graduation-cap";
import House from "@lucide/svelte/icons/house";
import List from "@lucide/svelte/icons/list";
import RefreshCw from "@lucide/svelte/icons/refresh-cw";
import Settings from "@lucide/svelte/icons/settings";

import type { AppState } from "../lib/generated/contract";
import * as m from "../lib/paraglide/messages.js";

const SCREENS = [
  { name: "today", icon: House, label: m.nav_today, officer: false },
  { name: "sessions", icon: List, label: m.nav_sessions, officer: false },
  { name: "school", icon: GraduationCap, label: m.nav_school, officer: false },
  { name: "figures", icon: BookOpenCheck, label: m.nav_figures, officer: false },
  { name: "progress", icon: ChartColumn, label: m.nav_progress, officer: false },
  { name: "sync", icon: RefreshCw, label: m.nav_sync, officer: false },
  { name: "import", icon: FileSpreadsheet, label: m.nav_import, officer: false },
  { name: "office", icon: Building2, label: m.nav_office, officer: true },
  { name: "settings", icon: Settings, label: m.nav_settings_short, officer: false },
];

/** The rail in its order, without what the role cannot use; Ctrl+1… follow it. */
export function screensFor(program: AppState) {
  return SCREENS.filter(({ officer }) => !officer || program.officer);
}
