// What an emulator asks for and does not look at, but for s3rver, which knows this one pair.

export const emulatorCredentials = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
} as const;
