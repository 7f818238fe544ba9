/** The root that every simulated istiod signs with: a certificate only, its key was thrown away. */
export const rootCertificate = `-----BEGIN CERTIFICATE-----
MIIBtjCCAV2gAwIBAgIUBoLBrWvTbZ1SFY6gOgScZ6bzKMswCgYIKoZIzj0EAwIw
MTEWMBQGA1UECgwNY2x1c3Rlci5sb2NhbDEXMBUGA1UEAwwOU2ltdWxhdGVkIFJv
b3QwHhcNMjYxMTIyMTUwMTQzWhcNMzYxMTE5MTUwMTQzWjAxMRYwFAYDVQQKDA1j
bHVzdGVyLmxvY2FsMRcwFQYDVQQDDA5TaW11bGF0ZWQgUm9vdDBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABGXDAQpReND41wPKR5aBBctzMMNk7vOHMxwGC8DiODJP
zhy3sCEbio9ri0yDF375PpnX1ZTuG/1IemD0UljqNxCjUzBRMB0GA1UdDgQWBBRt
BaNLhvkT0GtQYmzYeO3FEs/WmTAfBgNVHSMEGDAWgBRtBaNLhvkT0GtQYmzYeO3F
Es/WmTAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0cAMEQCID89L31rnNeB
N2Tgx3OFt6oXtjqlhKe8Kpf1cUfugUaKAiBqOCSI/MIiLBz2d/Ez47DbmZepoe5o
+IK0HkTlsImS+A==
-----END CERTIFICATE-----
`

/** As webhooks carry it. */
export const caBundle = Buffer.from(rootCertificate).toString('base64')
