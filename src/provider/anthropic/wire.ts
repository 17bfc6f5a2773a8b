/**
 * Anthropic's Messages API as far as this dialect writes it. Blocks come from the official SDK's types; the request is stated here,
 * since the SDK describes the newest API version only and this dialect speaks 2023-06-01, which still knows sampling parameters.
 */
import type {
  CacheControlEphemeral as CacheControl,
  ContentBlock,
  DocumentBlockParam,
  ImageBlockParam,
  Message,
  OutputConfig,
  RawContentBlockDelta,
  RawMessageStreamEvent,
  StopReason,
  TextBlockParam,
  ThinkingConfigParam,
  Tool,
  ToolChoice,
  ToolResultBlockParam,
  ToolUseBlockParam,
  Usage,
} from '@anthropic-ai/sdk/resources/messages'

/** Of an answer, as the surface writes it. */
export type {
  CacheControl,
  ContentBlock,
  DocumentBlockParam,
  ImageBlockParam,
  Message,
  OutputConfig,
  RawContentBlockDelta,
  RawMessageStreamEvent,
  StopReason,
  TextBlockParam,
  ThinkingConfigParam,
  Tool,
  ToolChoice,
  Usage,
}

export type Block = TextBlockParam | ImageBlockParam | DocumentBlockParam | ToolUseBlockParam | ToolResultBlockParam

export interface Turn {
  readonly role: 'user' | 'assistant'
  readonly content: readonly Block[]
}

export interface MessagesRequest {
  readonly model: string
  readonly max_tokens: number
  readonly messages: readonly Turn[]
  readonly system?: readonly TextBlockParam[]
  readonly stream?: boolean
  readonly temperature?: number
  readonly top_p?: number
  readonly top_k?: number
  readonly stop_sequences?: readonly string[]
  readonly tools?: readonly Tool[]
  readonly tool_choice?: ToolChoice
  readonly thinking?: ThinkingConfigParam
  readonly output_config?: OutputConfig
  readonly metadata?: { readonly user_id: string }
}

export type Effort = NonNullable<OutputConfig['effort']>
