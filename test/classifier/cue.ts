/**
 * The vocabulary of evidence: what the words of a prompt can hint at. Topic, task and complexity are weighed from these and not from
 * words, so that a language is added by listing its phrases and nothing else.
 */

export const CUES = [
  /** Greetings, thanks, small talk. */
  'greet',
  /** Verbs that ask for a text: write, compose. */
  'write',
  /** What is made up: poem, story, slogan, blog post. */
  'fiction',
  /** Act as, pretend to be. */
  'roleplay',
  /** What serves a purpose: mail, report, recipe. */
  'document',
  /** Translate, summarise, rewrite, proofread. */
  'transform',
  /** Extract, classify, label. */
  'extract',
  /** Languages, tools and words of programming. */
  'code',
  'maths',
  /** The questions of word problems: how many, how much in total. */
  'quantity',
  /** What a help desk looks after: printer, wifi, account, browser. */
  'device',
  /** Does not work, error, stuck. */
  'fault',
  /** What is done to a device: install, reset, upgrade. */
  'service',
  /** What is, who was, explain. */
  'fact',
  /** Should I, recommend, plan. */
  'advice',
  /** How do I. */
  'howto',
  /** A question word; counts at the beginning only. */
  'ask',
  /** Prove, step by step, analyse. */
  'reason',
  /** Must, at most, without. */
  'constraint',
] as const
export type Cue = (typeof CUES)[number]

/** Phrases of one language by cue, separated by commas; a final `*` marks a stem. */
export type Phrases = Readonly<Record<Cue, string>>
