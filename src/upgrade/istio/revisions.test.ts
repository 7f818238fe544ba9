import { describe, expect, it } from 'vitest'
import { controlPlaneFor, injectorName, tagServiceSelector, validatorName } from './revisions.ts'

describe('names that follow from a revision', () => {
  it('has no dots: a revision is a DNS label', () => {
    expect(controlPlaneFor('1.31.0')).toEqual({
      revision: '1-31-0',
      version: '1.31.0',
      release: 'istiod-1-31-0',
      service: 'istiod-1-31-0',
    })
    expect(controlPlaneFor('1.31.0-rc.0').revision).toBe('1-31-0-rc-0')
  })

  it('leaves the revision out for an un-revisioned control plane, as the charts do', () => {
    expect(injectorName('default')).toBe('istio-sidecar-injector')
    expect(injectorName('1-31-0')).toBe('istio-sidecar-injector-1-31-0')
    expect(validatorName('default', 'istio-system')).toBe('istio-validator-istio-system')
    expect(validatorName('1-31-0', 'istio-system')).toBe('istio-validator-1-31-0-istio-system')
    expect(tagServiceSelector('default')).toEqual({ app: 'istiod', istio: 'pilot' })
    expect(tagServiceSelector('1-31-0')).toEqual({ app: 'istiod', 'istio.io/rev': '1-31-0' })
  })
})
