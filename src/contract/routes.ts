/** Every route there is: the server registers this table, the client is made from it. */

import type { TSchema } from 'typebox'
import { administrationRoutes } from './routes/administration.ts'
import { documentedRoutes } from './routes/documented.ts'
import { extensionRoutes } from './routes/extensions.ts'
import { tokenRoutes } from './routes/tokens.ts'
import type { Route } from './route.ts'
import type { Shape } from './shape.ts'

export const routes = {
  ...tokenRoutes,
  ...documentedRoutes,
  ...extensionRoutes,
  ...administrationRoutes,
} as const satisfies Readonly<Record<string, Route>>

export type Routes = typeof routes
export type RouteName = keyof Routes

type Braced<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | Braced<Rest> : never

/** Names of the path parameters. */
export type Params<Name extends RouteName> = { readonly [Key in Braced<Routes[Name]['path']>]: string }
export type Body<Name extends RouteName> = Routes[Name] extends { readonly body: infer S extends TSchema }
  ? Shape<S>
  : undefined
export type Query<Name extends RouteName> = Routes[Name] extends { readonly query: infer S extends TSchema }
  ? Shape<S>
  : undefined
export type Answer<Name extends RouteName> = Shape<Routes[Name]['answer']>
