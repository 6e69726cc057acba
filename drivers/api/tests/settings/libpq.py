"""What libpq itself reads in a text: one text a line (hex) comes in, `key=hex ...` or `ERROR hex` goes out."""
import ctypes
import sys


class Option(ctypes.Structure):
    _fields_ = [(name, ctypes.c_char_p) for name in ("keyword", "envvar", "compiled", "val", "label", "dispchar")]
    _fields_ += [("dispsize", ctypes.c_int)]


try:
    libpq = ctypes.CDLL("libpq.so.5")
except OSError as missing:
    print(missing, file=sys.stderr)
    sys.exit(77)
libpq.PQconninfoParse.restype = ctypes.POINTER(Option)
libpq.PQconninfoParse.argtypes = [ctypes.c_char_p, ctypes.POINTER(ctypes.c_char_p)]
libpq.PQconninfoFree.argtypes = [ctypes.POINTER(Option)]
for line in sys.stdin:
    error = ctypes.c_char_p()
    options = libpq.PQconninfoParse(bytes.fromhex(line.strip()), ctypes.byref(error))
    if not options:
        print("ERROR " + (error.value or b"").hex())
        continue
    fields, n = [], 0
    while options[n].keyword:
        if options[n].val:
            fields.append(options[n].keyword.decode() + "=" + options[n].val.hex())
        n += 1
    print(" ".join(fields))
    libpq.PQconninfoFree(options)
