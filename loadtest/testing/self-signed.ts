import { generateKeyPairSync, sign } from 'node:crypto';

/** A key and a certificate for it that no authority has signed, as PEM. */
export interface SelfSigned {
  readonly key: string;
  readonly cert: string;
}

/** Object identifiers, encoded. */
const COMMON_NAME = '550403';
const ECDSA_WITH_SHA256 = '2a8648ce3d040302';
const SUBJECT_ALT_NAME = '551d11';

/** Makes a certificate for a host name that is valid for decades. */
export function selfSigned(name: string): SelfSigned {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const text = Buffer.from(name);
  const algorithm = tlv(0x30, oid(ECDSA_WITH_SHA256));
  const subject = tlv(0x30, tlv(0x31, tlv(0x30, oid(COMMON_NAME), tlv(0x0c, text))));
  const validity = tlv(0x30, tlv(0x17, Buffer.from('200101000000Z')), tlv(0x17, Buffer.from('491231235959Z')));
  const names = tlv(0x30, oid(SUBJECT_ALT_NAME), tlv(0x04, tlv(0x30, tlv(0x82, text))));
  const body = tlv(
    0x30,
    ...[tlv(0xa0, tlv(0x02, Buffer.of(2))), tlv(0x02, Buffer.of(1)), algorithm, subject, validity, subject],
    ...[publicKey.export({ type: 'spki', format: 'der' }), tlv(0xa3, tlv(0x30, names))],
  );
  const signature = tlv(0x03, Buffer.of(0), sign('sha256', body, privateKey));
  const der = tlv(0x30, body, algorithm, signature).toString('base64');
  const lines = der.replace(/.{64}/g, '$&\n').trimEnd();
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  };
}

/** A value of ASN.1 with its tag and length. */
function tlv(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.of(tag, ...size), content]);
}

function oid(hex: string): Buffer {
  return tlv(0x06, Buffer.from(hex, 'hex'));
}
