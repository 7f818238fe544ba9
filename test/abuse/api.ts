/** The operations of a server, by the description that it serves. */

export interface Schema {
  readonly $ref?: string
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly items?: Schema
  readonly minItems?: number
  readonly maxItems?: number
  readonly properties?: Readonly<Record<string, Schema>>
  readonly patternProperties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
}

export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required?: boolean
  readonly schema: Schema
}

export interface Operation {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly parameters: readonly Parameter[]
  readonly body?: Schema
  /** It changes nothing: the same signed request again looks again. */
  readonly looks: boolean
}

export interface Api {
  readonly operations: readonly Operation[]
  /** The shape itself, where there is only its name. */
  shape(schema: Schema): Schema
}

interface Described {
  readonly operationId: string
  readonly 'x-only-looks'?: boolean
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
}

interface Document {
  readonly paths: Readonly<Record<string, { readonly parameters: readonly Parameter[] }>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

export function apiOf(text: string): Api {
  const { paths, components } = JSON.parse(text) as Document
  const operations = Object.entries(paths).flatMap(([path, { parameters: inPath, ...methods }]) =>
    Object.entries(methods as Readonly<Record<string, Described>>).map(([method, told]): Operation => {
      const body = told.requestBody?.content['application/json']?.schema
      return {
        id: told.operationId,
        method: method.toUpperCase(),
        path,
        looks: method === 'get' || told['x-only-looks'] === true,
        parameters: [...inPath, ...(told.parameters ?? [])],
        ...(body === undefined ? {} : { body }),
      }
    }),
  )
  const shape = (schema: Schema): Schema => {
    if (schema.$ref === undefined) return schema
    const found = components.schemas[schema.$ref.replace(/^.*\//, '')]
    if (!found) throw new Error(`There is no ${schema.$ref}.`)
    return shape(found)
  }
  return { operations, shape }
}
