/** The lock file: each package by version and hash, and by no host. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

interface Entry {
  version?: string;
  integrity?: string;
  resolved?: string;
}

const text = readFileSync(join(__dirname, '..', 'package-lock.json'), 'utf8');
const packages = Object.entries<Entry>(JSON.parse(text).packages).filter(([path]) => path !== '');

describe('package-lock.json', () => {
  it('has a hash for every package, those of other platforms too', () => {
    expect(packages.length).toBeGreaterThan(600);
    const unhashed = packages.filter(([, { integrity }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? ''));
    expect(unhashed.map(([path]) => path)).toEqual([]);
  });

  it('names no host from which a package comes', () => {
    expect(packages.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
    expect(text).not.toContain('"resolved"');
  });
});
