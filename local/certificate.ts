import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generate } from 'selfsigned';

/** A certificate of this run's own for 127.0.0.1, which clients trust by its file. */
export async function makeCertificate(folder: string): Promise<{ certificate: string; key: string }> {
  const day = 86_400_000;
  const pems = await generate([{ name: 'commonName', value: 'MARS embedded AWS' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notAfterDate: new Date(Date.now() + 30 * day),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 7, ip: '127.0.0.1' },
          { type: 2, value: 'localhost' },
        ],
      },
    ],
  });
  const certificate = join(folder, 'certificate.pem');
  const key = join(folder, 'key.pem');
  await writeFile(certificate, pems.cert);
  await writeFile(key, pems.private, { mode: 0o600 });
  return { certificate, key };
}
