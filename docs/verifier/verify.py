#!/usr/bin/env python3
"""Verifies an exported audit log of waarom, or the proof of one decision: Python 3.8 and its standard library alone.
Formats: C2SP signed-note, tlog-checkpoint and tlog-tiles; RFC 6962 tree hashes; RFC 8032 Ed25519 signatures."""
import argparse, base64, hashlib, json, pathlib, re, sys

sha256 = lambda data: hashlib.sha256(data).digest()
bundle = lambda entries: b''.join(len(entry).to_bytes(2, 'big') + entry for entry in entries)

# --- Ed25519 verification, RFC 8032 section 5.1 ---
P, Q = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P

def add(a, b):
    """The sum of two points in extended coordinates (X, Y, Z, T), section 5.1.4."""
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    m, n, r, s = f - e, h - g, h + g, f + e
    return m * n % P, r * s % P, n * r % P, m * s % P

def times(scalar, point):
    rest = times(scalar >> 1, add(point, point)) if scalar else (0, 1, 1, 0)
    return add(rest, point) if scalar & 1 else rest

def decode(data):
    """The point of 32 bytes, section 5.1.3; None when there is none, or the bytes are not its one spelling."""
    y, sign = int.from_bytes(data, 'little') & (2**255 - 1), data[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x * pow(2, (P - 1) // 4, P) % P if (x * x - square) % P else x
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        return None
    x = x if x & 1 == sign else P - x
    return x, y, 1, x * y % P

BASE = decode((4 * pow(5, P - 2, P) % P).to_bytes(32, 'little'))

def ed25519_verifies(key, message, signature):
    """Section 5.1.7, without the cofactor: S*B - k*A is R."""
    a, s = decode(key), int.from_bytes(signature[32:], 'little')
    if len(signature) != 64 or a is None or s >= Q:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), 'little') % Q
    x, y, z, _ = add(times(s, BASE), times(k, (P - a[0], a[1], a[2], P - a[3])))
    x, y = (value * pow(z, P - 2, P) % P for value in (x, y))
    return (y | (x & 1) << 255).to_bytes(32, 'little') == signature[:32]

# --- The tree, RFC 6962 section 2.1 ---
def fold(nodes):
    """The root over complete nodes of one level, of which the last may be incomplete."""
    while len(nodes) > 1:
        pairs = [sha256(b'\x01' + nodes[i] + nodes[i + 1]) for i in range(0, len(nodes) - 1, 2)]
        nodes = pairs + nodes[len(pairs) * 2:]
    return nodes[0]

def root_at(size, levels):
    """The root over the first entries, from their hashes and, level by level, those of the complete tiles."""
    root = []
    for level, hashes in enumerate(levels):
        edge = hashes[size >> 8 * level + 8 << 8:size >> 8 * level] + root
        root = [fold(edge)] if edge else []
    return root[0] if root else sha256(b'')

# --- The export, C2SP signed-note, tlog-checkpoint, tlog-tiles ---
def need(right, path, why):
    """Stops at the file that is not as it was signed."""
    if not right:
        raise ValueError(path, why)

def read(folder, path):
    file = pathlib.Path(folder, path)
    return file.read_bytes() if file.is_file() else None

def names_in(folder, path):
    return sorted(file.name for file in pathlib.Path(folder, path).glob('[!.]*'))

def unbase64(text):
    raw = base64.b64decode(text, validate=True)
    need(base64.b64encode(raw).decode() == text, text, 'it is not the one spelling in base64')
    return raw

def tile_path(level, index, width):
    *groups, last = ['%03d' % int(group) for group in '{:,}'.format(index).split(',')]
    path = ''.join('x%s/' % group for group in groups) + last
    return 'tile/%s/%s%s' % (level, path, '' if width == 256 else '.p/%d' % width)

def read_entries(folder, index, width):
    paths = (tile_path('entries', index, count) for count in (width, 256))  # A full bundle replaces a partial one.
    data, entries, at = next(filter(None, (read(folder, path) for path in paths)), b''), [], 0
    for _ in range(width):
        end = at + 2 + int.from_bytes(data[at:at + 2], 'big')
        entries.append(data[at + 2:end])
        at = end
    return entries

def verifier_key(text):
    name, key_id, key = text.split('+', 2)
    raw = unbase64(key)
    need((len(raw), raw[0], sha256(name.encode() + b'\n' + raw)[:4].hex()) == (33, 1, key_id), text, 'no verifier key')
    return name, raw[1:], bytes.fromhex(key_id)

def open_checkpoint(path, note, keys):
    """(size, root, path) of a checkpoint that one of the keys signed."""
    text, _, lines = (note or b'').rpartition(b'\n\n')
    text, lines = text + b'\n', lines.decode(errors='replace')
    head = re.fullmatch('([^\n]+)\n(0|[1-9]\\d{0,14})\n([A-Za-z0-9+/]{43}=)\n(?:[^\n]+\n)*', text.decode(errors='replace'))
    need(head and re.fullmatch('(?:— [^\\s+]+ [A-Za-z0-9+/]{7,}={0,2}\n)+', lines), path, 'it is not a checkpoint')
    signatures = [(line.split(' ')[1], unbase64(line.split(' ')[2])) for line in lines.split('\n')[:-1]]
    made_by = lambda name, key_id: [value[4:] for signer, value in signatures if (signer, value[:4]) == (name, key_id)]
    signed = [name for name, key, key_id in keys if made_by(name, key_id)
              and all(ed25519_verifies(key, text, value) for value in made_by(name, key_id))]
    need(head[1] in signed, path, 'it is of another log' if signed else 'no given key signed it')
    return int(head[2]), unbase64(head[3]), path

def checkpoints_of(folder, keys, where=''):
    paths = ['checkpoint', *('checkpoints/' + name for name in names_in(folder, 'checkpoints'))]
    found = [open_checkpoint(where + path, read(folder, path), keys) for path in paths]
    for size, _, path in found[1:]:
        need(path.split('/')[-1].split('.')[0] == str(size), path, 'it is of size %d' % size)
    return found

def compare_tile(folder, level, index, items, content):
    """A tile is what its hashes or entries make; or the beginning of the full one, as are those that one replaced."""
    path, full = tile_path(level, index, len(items)), tile_path(level, index, 256)
    stored, made = read(folder, path), content(items)
    same = (read(folder, full) or b'').startswith(made) if stored is None else stored == made
    need(same, path, 'it is not what the entries make')
    for name in names_in(folder, full + '.p'):
        same = int(name) >= len(items) or read(folder, full + '.p/' + name) == content(items[:int(name)])
        need(same, full + '.p/' + name, 'it is not the beginning of what replaced it')

def verify(folder, checkpoints, others=()):
    """Hashes every entry and compares every tile and checkpoint, others' too; answers size and root."""
    size, levels, due = max(checkpoints)[0], [[]], sorted([*checkpoints, *others])
    for one, other in zip(due, due[1:]):
        need(one[0] != other[0] or one[1] == other[1], other[2], 'two histories were signed: %s has another root' % one[2])
    for first in range(0, size, 256):
        entries = read_entries(folder, first // 256, min(256, size - first))
        compare_tile(folder, 'entries', first // 256, entries, bundle)
        levels[0] += [sha256(b'\x00' + entry) for entry in entries]
    while len(levels[-1]) >= 256:
        levels.append([fold(levels[-1][at:at + 256]) for at in range(0, len(levels[-1]) - 255, 256)])
    for level, hashes in enumerate(levels):
        for first in range(0, len(hashes), 256):
            compare_tile(folder, level, first // 256, hashes[first:first + 256], b''.join)
    for signed, root, path in due:
        need(signed <= size, path, 'it signed %d entries and the export ends at %d: the log was set back' % (signed, size))
        need(root == root_at(signed, levels), path, 'the entries are not those that it signed')
    return size, root_at(size, levels)

# --- The proof of a decision ---
def root_above(leaf, index, size, path):
    """The root to which an inclusion path leads, RFC 6962 section 2.1.1; nothing when it is not one of that leaf."""
    if size < 2 or not path:
        return leaf if (index, size, path) == (0, 1, []) else b''
    left = 1 << (size - 1).bit_length() - 1
    if index < left:
        return sha256(b'\x01' + root_above(leaf, index, left, path[:-1]) + unbase64(path[-1]))
    return sha256(b'\x01' + unbase64(path[-1]) + root_above(leaf, index - left, size - left, path[:-1]))

def verify_proof(file, content, keys):
    """A decision's leaf leads to the root that the entry of its run names, and the entry to a signed checkpoint."""
    decision, entry, note = (json.loads(content)[name] for name in ('decision', 'entry', 'checkpoint'))
    leaf, data, place = decision['leaf'], unbase64(entry['bytes']), entry['index']
    row, said = json.loads(leaf)[1], json.loads(data)
    size = said['details']['considered']
    exact = {'decision': {'index': row, 'leaf': leaf, 'path': decision['path'], 'size': size}, 'checkpoint': note,
             'entry': {'bytes': entry['bytes'], 'index': place, 'path': entry['path']}, 'format': 'decision-proof/1'}
    text = json.dumps(exact, sort_keys=True, separators=(',', ':'), ensure_ascii=False) + '\n'
    need(text.encode() == content and type(place) is int, file, 'it is not exactly a proof, or not of this decision')
    found = root_above(sha256(b'\x00' + leaf.encode()), row, size, decision['path'])
    need(said['details']['decisionRoot'] == 'sha256:' + found.hex(), file, 'the decision is not among those of the run')
    need((said['action'], said['refusal']) == ('run.decide', None), file, 'the entry is not of the decisions of a run')
    logged, signed, _ = open_checkpoint(file, note.encode(), keys)
    need(note.rpartition('\n\n')[2].count('\n') == 1, file, 'others signed the checkpoint too')
    need(root_above(sha256(b'\x00' + data), place, logged, entry['path']) == signed, file, 'the entry is not in the log')
    return 'PROVEN: %s of %s %s, run %s, recorded %s, in the log as signed at %d entries' % (
        leaf, said['campaign'], said['details']['week'], said['subject'], said['at'], logged)

def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument('folder', nargs='?', help='the export')
    what.add_argument('--proof', help='a file that proves one decision')
    parser.add_argument('--key', action='append', required=True, type=verifier_key, help='verifier keys of the log')
    parser.add_argument('--previous', help='a checkpoint kept from an earlier look')
    parser.add_argument('--mirror', help='another copy of the export')
    given = parser.parse_args()
    try:
        if given.proof:
            return print(verify_proof(given.proof, read('', given.proof) or b'', given.key))
        own = checkpoints_of(given.folder, given.key)
        copies = checkpoints_of(given.mirror, given.key, 'mirror/') if given.mirror else []
        kept = [open_checkpoint(given.previous, read('', given.previous), given.key)] if given.previous else []
        size, root = verify(given.folder, own, copies + kept)
        copies and verify(given.mirror, copies)
    except (LookupError, TypeError, ValueError) as broken:
        sys.exit('BROKEN ' + ': '.join(map(str, broken.args)))
    print('INTACT: %d entries under %d checkpoints. Root %s' % (size, len({one[0] for one in own}), base64.b64encode(root).decode()))

if __name__ == '__main__': main()
