"""Reads the PNG that a browser writes: eight bits, no interlace."""
import struct, zlib


class Picture:
    def __init__(self, data):
        if data[:8] != b"\x89PNG\r\n\x1a\n":
            raise ValueError("this is no PNG")
        packed, at = b"", 8
        while at < len(data):
            length, kind = struct.unpack(">I4s", data[at:at + 8])
            body = data[at + 8:at + 8 + length]
            if kind == b"IHDR":
                self.width, self.height, depth, colour, _, _, interlace = struct.unpack(">IIBBBBB", body)
                if depth != 8 or colour not in (2, 6) or interlace:
                    raise ValueError(f"not of the kind that a browser writes: {depth} bits, kind {colour}")
                self.step = 3 if colour == 2 else 4
            elif kind == b"IDAT":
                packed += body
            at += 12 + length
        self.rows = list(self.lines(zlib.decompress(packed)))

    def lines(self, data):
        step, size = self.step, self.width * self.step
        before = bytearray(size)
        for y in range(self.height):
            at = y * (size + 1)
            kind, line = data[at], bytearray(data[at + 1:at + 1 + size])
            if kind == 1:
                for i in range(step, size):
                    line[i] = (line[i] + line[i - step]) & 255
            elif kind == 2:
                line = bytearray((a + b) & 255 for a, b in zip(line, before))
            elif kind == 3:
                for i in range(size):
                    left = line[i - step] if i >= step else 0
                    line[i] = (line[i] + (left + before[i]) // 2) & 255
            elif kind == 4:
                for i in range(size):
                    left, corner = (line[i - step], before[i - step]) if i >= step else (0, 0)
                    up = before[i]
                    guess = left + up - corner
                    a, b, c = abs(guess - left), abs(guess - up), abs(guess - corner)
                    line[i] = (line[i] + (left if a <= b and a <= c else up if b <= c else corner)) & 255
            before = line
            yield line

    def at(self, x, y):
        return tuple(self.rows[y][x * self.step:x * self.step + 3])

    def count(self):
        """How many pixels have each colour."""
        counts, step = {}, self.step
        for row in self.rows:
            reds, greens, blues = row[0::step], row[1::step], row[2::step]
            for pixel in zip(reds, greens, blues):
                counts[pixel] = counts.get(pixel, 0) + 1
        return counts
