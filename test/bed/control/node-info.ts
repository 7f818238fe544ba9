// What every node of the bed says about itself. Istio decides by the kubelet version whether sidecars are native ones.
export const nodeInfo = {
  kubeletVersion: 'v1.35.4',
  kubeProxyVersion: 'v1.35.4',
  architecture: 'amd64',
  operatingSystem: 'linux',
  containerRuntimeVersion: 'bed://1',
  kernelVersion: '6',
  osImage: 'bed',
  bootID: '',
  machineID: '',
  systemUUID: '',
}
