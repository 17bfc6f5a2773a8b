/** The canonical request's fields as a Messages caller wrote them, for what is said about a request: which fields were left out, which one is at fault. */

const THEIRS: ReadonlyMap<string, string> = new Map([
  ['reasoning_effort', 'thinking'],
  ['response_format', 'output_config.format'],
  ['stop', 'stop_sequences'],
  ['user', 'metadata.user_id'],
  ['parallel_tool_calls', 'tool_choice.disable_parallel_tool_use'],
  ['max_completion_tokens', 'max_tokens'],
  ['tools[].function.strict', 'tools[].strict'],
])

export const callersWord = (field: string): string => THEIRS.get(field) ?? field
