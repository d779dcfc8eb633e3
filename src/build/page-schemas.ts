import type { Plugin } from 'vite';

const SCHEMAS = /\/zod\/v4\/classic\/schemas\.js$/;

/** What of zod's schemas leads to its writer of JSON Schema, and what stands there instead. */
const CUTS: readonly (readonly [RegExp, string])[] = [
  [/^\s*inst\._zod\.processJSONSchema = .*;$/gm, ''],
  [/createStandardJSONSchemaMethod\(this, "\w+"\)/g, 'undefined'],
  [/createToJSONSchemaMethod\(this, \{\}\)\(params\)/g, 'undefined'],
];

/** The page checks values with its schemas and writes none of them down: what does is not bundled with its scripts. */
export function pageSchemas(): Plugin {
  return {
    name: 'page-schemas',
    apply: 'build',
    transform(code, id) {
      if (!SCHEMAS.test(id)) return null;
      let rest = code;
      for (const [what, instead] of CUTS) {
        if (rest.search(what) < 0) throw new Error(`zod's schemas have no ${what} any more`);
        rest = rest.replace(what, instead);
      }
      return { code: rest, map: null };
    },
  };
}
