import { config } from 'zod';

// zod compiles schemas with `new Function` and finds out by trying whether it may. A page whose policy forbids it
// would report a violation each time it is opened, so it is told beforehand. Programs of the page import this file
// before everything that has a schema.
config({ jitless: true });
