import House from "@lucide/svelte/icons/house";
import List from "@lucide/svelte/icons/list";
import RefreshCw from "@lucide/svelte/icons/refresh-cw";
import Settings from "@lucide/svelte/icons/settings";

import * as m from "../lib/paraglide/messages.js";

/** The rail, in its order; Ctrl+1… follow it. */
export const SCREENS = [
  { name: "today", icon: House, label: m.nav_today },
  { name: "sessions", icon: List, label: m.nav_sessions },
  { name: "sync", icon: RefreshCw, label: m.nav_sync },
  { name: "settings", icon: Settings, label: m.nav_settings_short },
];
