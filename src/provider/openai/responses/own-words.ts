/** Canonical fields by the names that they have in a caller's request for a response. Places among the messages are no places among its items. */
const OWN: readonly (readonly [RegExp, string])[] = [
  [/^messages\[\]\.content\[\]\.image_url\.detail$/, 'input[].content[].detail'],
  [/^messages\b.*/, 'input'],
  [/^max_(completion_)?tokens$/, 'max_output_tokens'],
  [/^response_format(\.json_schema)?\b/, 'text.format'],
  [/^reasoning_effort$/, 'reasoning.effort'],
  [/^verbosity$/, 'text.verbosity'],
  [/^logprobs$/, 'include'],
  [/^(tools\[\d*\])\.(?:function|custom)\b/, '$1'],
]

export function ownName(field: string): string {
  const [pattern, name] = OWN.find(([own]) => own.test(field)) ?? []
  return pattern === undefined || name === undefined ? field : field.replace(pattern, name)
}
