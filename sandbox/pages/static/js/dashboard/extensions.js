/** What installed apps show, by the place where it stands. */

let apps = [];
let agents = [];

/** Takes over what the control API says. */
export function learn(state) {
  apps = state.apps.filter((app) => app.is_active);
  agents = state.staff;
}

export const appOf = (id) => apps.find((app) => app.id === id) ?? null;
export const firstApp = () => apps[0] ?? null;

/** The extensions of some mounts that `email` has all permissions for. */
export function extensionsAt(email, ...mounts) {
  const held = new Set(agents.find((one) => one.email === email)?.permissions ?? []);
  return apps.flatMap((app) =>
    app.extensions
      .filter((extension) => mounts.includes(extension.mount) && extension.permissions.every((one) => held.has(one)))
      .map((extension) => ({ app, extension })));
}

/** What the Dashboard calls an app's page in its own address. */
export const placeOf = (app, path) => `/extensions/app/${encodeURIComponent(app.id)}${path === "/" ? "" : path}`;
