/**
 * Gemini's generateContent as far as this dialect writes it. Own types, since the SDK states the words as enums, which a type-only
 * import cannot use.
 */

export interface Part {
  readonly text?: string
  readonly thoughtSignature?: string
  readonly inlineData?: { readonly mimeType: string; readonly data: string }
  readonly fileData?: { readonly fileUri: string; readonly mimeType?: string }
  readonly functionCall?: { readonly id: string; readonly name: string; readonly args: Readonly<Record<string, unknown>> }
  readonly functionResponse?: { readonly id: string; readonly name: string; readonly response: Readonly<Record<string, unknown>> }
}

export interface Content {
  readonly role: 'user' | 'model'
  readonly parts: readonly Part[]
}

export interface FunctionDeclaration {
  readonly name: string
  readonly description?: string
  readonly parametersJsonSchema?: unknown
}

export interface ToolConfig {
  readonly functionCallingConfig: {
    readonly mode: 'AUTO' | 'ANY' | 'NONE'
    readonly allowedFunctionNames?: readonly string[]
  }
}

export interface ThinkingConfig {
  readonly includeThoughts?: boolean
  readonly thinkingBudget?: number
  readonly thinkingLevel?: 'MINIMAL' | 'LOW' | 'MEDIUM' | 'HIGH'
}

export interface GenerationConfig {
  readonly temperature?: number
  readonly topP?: number
  readonly topK?: number
  readonly maxOutputTokens?: number
  readonly stopSequences?: readonly string[]
  readonly candidateCount?: number
  readonly seed?: number
  readonly frequencyPenalty?: number
  readonly presencePenalty?: number
  readonly responseLogprobs?: boolean
  readonly logprobs?: number
  readonly responseMimeType?: string
  readonly responseJsonSchema?: unknown
  readonly thinkingConfig?: ThinkingConfig
}

export interface GenerateContentRequest {
  readonly contents: readonly Content[]
  readonly systemInstruction?: { readonly parts: readonly Part[] }
  readonly tools?: readonly { readonly functionDeclarations: readonly FunctionDeclaration[] }[]
  readonly toolConfig?: ToolConfig
  readonly generationConfig?: GenerationConfig
}
