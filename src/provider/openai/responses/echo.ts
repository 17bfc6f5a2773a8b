/** A response repeats the request's settings. Where the caller set nothing, `null` says so: what another provider's default is, nobody tells. */
import type { ResponsesBody } from './caller'
import type { Settings } from './wire'

/** `metadata` as the caller may see it: without the router's controls. The input, which is the large part, is not repeated. */
export function settingsOf(body: ResponsesBody, metadata: ResponsesBody['metadata']): Settings {
  return {
    object: 'response',
    background: false,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    max_tool_calls: null,
    metadata: metadata ?? {},
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: null,
    prompt_cache_key: body.prompt_cache_key ?? null,
    reasoning: { effort: null, summary: null, ...body.reasoning },
    safety_identifier: body.safety_identifier ?? null,
    service_tier: 'default',
    // On the wire, though not among the types
    store: false,
    temperature: body.temperature ?? null,
    text: { ...body.text, format: body.text?.format ?? { type: 'text' } },
    tool_choice: body.tool_choice ?? 'auto',
    tools: body.tools ?? [],
    top_logprobs: body.top_logprobs ?? 0,
    top_p: body.top_p ?? null,
    truncation: 'disabled',
    ...(body.user && { user: body.user }),
  }
}
