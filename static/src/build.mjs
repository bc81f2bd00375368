// Writes static/dist/, the only folder that is served: the style sheet, the design system's
// script and images that the style sheet names, and our own files.

import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile } from "sass";

const source = dirname(fileURLToPath(import.meta.url));
const built = join(source, "..", "dist");
const modules = join(source, "..", "..", "node_modules");
const nhsuk = join(modules, "nhsuk-frontend", "dist", "nhsuk");

const { css } = compile(join(source, "app.scss"), {
  loadPaths: [modules],
  quietDeps: true,
  style: "compressed",
});

rmSync(built, { recursive: true, force: true });
mkdirSync(join(built, "images"), { recursive: true });
writeFileSync(join(built, "app.css"), css);

for (const [, image] of css.matchAll(/url\("?images\/(nhsuk-icon-[\w-]+\.svg)/g)) {
  copyFileSync(join(nhsuk, "assets", "images", image), join(built, "images", image));
}
cpSync(join(source, "images"), join(built, "images"), { recursive: true });
cpSync(join(source, "js"), built, { recursive: true });

// Without the comment that names a source map, which is not served.
const script = readFileSync(join(nhsuk, "nhsuk-frontend.min.js"), "utf8");
writeFileSync(
  join(built, "nhsuk-frontend.min.js"),
  script.replace(/\/\/# sourceMappingURL=.*\s*$/, "\n"),
);
