import { describe, expect, it } from 'vitest'
import { routes } from '../routes.ts'
import { openApi } from './document.ts'

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId: string }>>>>
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> }
}

const document = openApi() as unknown as Document

describe('the description of the API', () => {
  it('has every route once, by its method and path', () => {
    const told = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods)
        .filter((method) => method !== 'parameters')
        .map((method) => `${method.toUpperCase()} ${path}`),
    )
    expect(told.toSorted()).toEqual(
      Object.values(routes)
        .map(({ method, path }) => `${method} ${path}`)
        .toSorted(),
    )
  })

  it('calls the documented operations and shapes by their documented names, without the typo', () => {
    const names = Object.values(document.paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    )
    for (const name of ['CreateCanaryUpgrade', 'GetCanaryUpgradeJob', 'ShowMesh']) expect(names).toContain(name)
    expect(new Set(names.filter(Boolean)).size).toBe(Object.keys(routes).length)
    expect(Object.keys(document.components.schemas)).toEqual(
      expect.arrayContaining(['MeshUpgrade', 'MeshCanaryUpgradeSpec', 'MeshCanaryUpgradeCurrentStepStatus', 'Job']),
    )
    expect(JSON.stringify(document)).not.toContain('Upgeade')
  })

  it('refers only to what it has, and refers to shapes by name', () => {
    const text = JSON.stringify(document)
    for (const [, kind = '', name = ''] of text.matchAll(/#\/components\/(\w+)\/([\w-]+)/g))
      expect(Object.keys((document.components as unknown as Record<string, object>)[kind] ?? {})).toContain(name)
    const upgrade = document.components.schemas['MeshUpgrade'] as { readonly properties: Record<string, unknown> }
    expect(upgrade.properties['spec']).toEqual({ $ref: '#/components/schemas/MeshCanaryUpgradeSpec' })
    // A mesh and a project are both an id and a name, and are not the same.
    const summary = document.components.schemas['UpgradeSummary'] as { readonly properties: Record<string, unknown> }
    expect(JSON.stringify(summary.properties['mesh'])).not.toContain('$ref')
  })

  it('tells which refusals say when to come again, and which methods there are', () => {
    const { responses } = document.components as unknown as {
      readonly responses: Readonly<Record<string, { readonly headers: object }>>
    }
    const told = (header: string) => Object.keys(responses).filter((name) => header in (responses[name]?.headers ?? {}))
    expect(told('X-Request-Id')).toEqual(Object.keys(responses))
    expect(told('Allow')).toEqual(['gate-405'])
    const waits = ['asm-500', 'gate-401', 'gate-429', 'iam-401', 'iam-500', 'iam-503', 'ours-500', 'ours-503']
    expect(told('Retry-After').toSorted()).toEqual(waits)
  })

  it('says in words what a text must be, and shows nothing that only the program understands', () => {
    const name = JSON.stringify(document.components.schemas['UpgradeCreate'])
    expect(name).toContain('4 to 64 lower-case letters, digits and hyphens')
    expect(name).not.toContain('"accepts"')
  })
})
