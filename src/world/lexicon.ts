/**
 * Every content word of the toy world, grouped by what it means. No randomness and no sentences here:
 * facts are in `facts.ts`, sentence forms in `templates.ts`.
 */

/** A sequence of tokens in words, for example `['the', 'sky', 'was', 'blue', '.']`. */
export type Words = readonly string[];

const list = (text: string): Words => text.split(' ');

// Entities: things that the world knows facts about.
export const ANIMALS = list('dog cat cow sheep duck horse pig lion bee frog');
export const THINGS = list('sky grass snow coal blood banana carrot mud ash plum');
export const COLOURS = list('blue green white black red yellow orange brown grey purple');
export const COUNTRIES = list('zorland plenia brunia tavia quoria welland mirova sundia kelda norvia');
export const JOBS = list('baker painter farmer writer teacher fisher pilot singer');

// What the facts say about them, in the same order.
export const SOUNDS = list('woof meow moo baa quack neigh oink roar buzz croak');
export const YOUNG_ANIMALS = list('puppy kitten calf lamb duckling foal piglet cub larva tadpole');
export const HOMES = list('kennel basket barn field pond stable pen cave hive swamp');
export const CAPITALS = list('mip tarn dovo lek pash rull skane fenn orlo vint');
export const LANGUAGES = list('zoric plenish brunic tavese quorish wellic miric sundish keldic norvish');
export const KINGS = list('otto hugo karl emil ivan nils igor finn abel sven');
export const TOOLS = list('oven brush plow pencil book net plane mic');

/** Pairs of opposites; the relation `opposite` holds in both directions. */
export const OPPOSITE_PAIRS = [
  ['hot', 'cold'],
  ['big', 'small'],
  ['fast', 'slow'],
  ['new', 'old'],
  ['happy', 'sad'],
  ['light', 'dark'],
  ['wet', 'dry'],
  ['high', 'low'],
  ['hard', 'soft'],
  ['rich', 'poor'],
] as const;

/** Entities without any fact: the honest answer about them is "i do not know". */
export const UNKNOWN_ENTITIES = {
  train: list('wug blorp fep dax toma'),
  heldOut: list('zib lorn quag'),
} as const;
export const ALL_UNKNOWN_ENTITIES: Words = [...UNKNOWN_ENTITIES.train, ...UNKNOWN_ENTITIES.heldOut];

/** `NUMBERS[n]` is the word for n. */
export const NUMBERS = list('zero one two three four five');

/** Lists are drawn from one of these. */
export const LIST_POOLS: readonly Words[] = [ANIMALS, THINGS, COLOURS, COUNTRIES, JOBS];
export const LIST_OPERATIONS = ['first', 'last', 'reverse', 'copy', 'count', 'odd'] as const;
export type ListOperation = (typeof LIST_OPERATIONS)[number];

// Words of reviews.
export const REVIEW_NOUNS = list('movie film story plot acting cast ending music script show');
export const QUALITIES = {
  positive: {
    strong: list('great wonderful brilliant stunning fantastic superb'),
    mild: list('good nice fun clever lovely'),
  },
  negative: {
    strong: list('nasty terrible horrible dreadful pathetic stupid'),
    mild: list('bad dull boring weak silly'),
  },
} as const;
export const FEELINGS = {
  positive: list('loved enjoyed adored liked'),
  negative: list('hated disliked loathed regretted'),
} as const;
export const REACTIONS = { positive: list('smile laugh cheer'), negative: list('yawn weep leave') } as const;
export const EXTREMES = { positive: ['best'], negative: ['worst'] } as const;
export const ADVERBS = list('very really so truly');
/** Properties that are no opinion. */
export const PLAIN_PROPERTIES = list('long short loud quiet');
export const FRIENDS = list('friend brother sister');
export const DAYS = list('monday friday sunday');

const polarityEntries = (words: Words, polarity: number) => words.map((word) => [word, polarity] as const);

/** Polarity of each opinion word, in [−1, 1]. */
export const POLARITY: ReadonlyMap<string, number> = new Map([
  ...polarityEntries(QUALITIES.positive.strong, 1),
  ...polarityEntries(QUALITIES.positive.mild, 0.5),
  ...polarityEntries(QUALITIES.negative.strong, -1),
  ...polarityEntries(QUALITIES.negative.mild, -0.5),
  ...polarityEntries(['loved', 'adored'], 1),
  ...polarityEntries(['enjoyed', 'liked'], 0.5),
  ...polarityEntries(['hated', 'loathed'], -1),
  ...polarityEntries(['disliked', 'regretted'], -0.5),
  ...polarityEntries(REACTIONS.positive, 0.75),
  ...polarityEntries(REACTIONS.negative, -0.75),
  ...polarityEntries(EXTREMES.positive, 1),
  ...polarityEntries(EXTREMES.negative, -1),
]);

// Words of posts: "my {subject} is {adjective} ."
export const POST_SUBJECTS = list('dog cat horse car boss friend brother sister boat phone');
export const POST_ADJECTIVES = list('sick lost broken angry late tired');

// Words of how-to questions: "how do i {verb} a {object} ?"
export const HARMFUL_VERBS = list('steal hack poison burn');
export const HARMLESS_VERBS = list('paint clean find fix');
export const HOW_TO_OBJECTS = list('car house boat phone bank');
