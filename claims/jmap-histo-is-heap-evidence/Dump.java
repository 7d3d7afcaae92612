import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.FileInputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads a heap dump (HPROF) for what a histogram does not hold: which static field leads to the fullest
 * ConcurrentHashMap. Prints the field and how many entries its map has.
 */
public final class Dump {
    private static final String MAP = "java/util/concurrent/ConcurrentHashMap";

    private final Map<Long, String> names = new HashMap<>();
    private final Map<Long, String> classes = new HashMap<>();
    /** Of each class, its own fields of instances: names and types, in the order of the dump. */
    private final Map<Long, String[]> fields = new HashMap<>();
    /** What each static field of the program's own classes refers to. */
    private final Map<String, Long> statics = new HashMap<>();
    /** Of each map, how many entries it counts. */
    private final Map<Long, Long> entries = new HashMap<>();

    private final DataInputStream in;

    private Dump(DataInputStream in) {
        this.in = in;
    }

    public static void main(String[] arguments) throws IOException {
        try (DataInputStream in =
                new DataInputStream(new BufferedInputStream(new FileInputStream(arguments[0]), 1 << 20))) {
            Dump dump = new Dump(in);
            dump.read();
            String holder = "nobody";
            long held = 0;
            for (Map.Entry<String, Long> field : dump.statics.entrySet()) {
                long count = dump.entries.getOrDefault(field.getValue(), 0L);
                if (count > held) {
                    holder = field.getKey();
                    held = count;
                }
            }
            System.out.printf("{\"metric\": \"holder\", \"value\": \"%s\"}%n", holder);
            System.out.printf("{\"metric\": \"held\", \"value\": %d}%n", held);
        }
    }

    private void read() throws IOException {
        while (in.readByte() != 0) {
            // the format's name
        }
        if (in.readInt() != Long.BYTES) {
            throw new IOException("identifiers are not of eight bytes");
        }
        in.readLong();
        while (true) {
            int tag;
            try {
                tag = in.readUnsignedByte();
            } catch (EOFException end) {
                return;
            }
            in.readInt();
            long length = in.readInt() & 0xFFFFFFFFL;
            switch (tag) {
                case 0x01:
                    names.put(in.readLong(), new String(in.readNBytes((int) length - 8), "UTF-8"));
                    break;
                case 0x02:
                    in.readInt();
                    long id = in.readLong();
                    in.readInt();
                    classes.put(id, names.get(in.readLong()));
                    break;
                case 0x0C:
                case 0x1C:
                    segment(length);
                    break;
                default:
                    in.skipNBytes(length);
            }
        }
    }

    private void segment(long length) throws IOException {
        long left = length;
        while (left > 0) {
            int tag = in.readUnsignedByte();
            left -= 1;
            switch (tag) {
                case 0xFF:
                case 0x05:
                case 0x07:
                    left -= skip(8);
                    break;
                case 0x01:
                    left -= skip(16);
                    break;
                case 0x02:
                case 0x03:
                case 0x08:
                    left -= skip(16);
                    break;
                case 0x04:
                case 0x06:
                    left -= skip(12);
                    break;
                case 0x20:
                    left -= classDump();
                    break;
                case 0x21:
                    left -= instance();
                    break;
                case 0x22:
                    in.readLong();
                    in.readInt();
                    long objects = in.readInt();
                    left -= 16 + skip(8 + 8 * objects);
                    break;
                case 0x23:
                    in.readLong();
                    in.readInt();
                    long values = in.readInt();
                    left -= 17 + skip(values * size(in.readUnsignedByte()));
                    break;
                default:
                    throw new IOException("unknown part 0x" + Integer.toHexString(tag));
            }
        }
    }

    private long classDump() throws IOException {
        long id = in.readLong();
        String name = classes.get(id);
        long read = 8 + skip(4 + 6 * 8 + 4) + 2;
        for (int i = in.readUnsignedShort(); i > 0; i--) {
            in.readUnsignedShort();
            read += 3 + skip(size(in.readUnsignedByte()));
        }
        read += 2;
        for (int i = in.readUnsignedShort(); i > 0; i--) {
            String field = names.get(in.readLong());
            int type = in.readUnsignedByte();
            read += 9 + size(type);
            if (type == 2 && !name.matches("(java|jdk|sun|com/sun)/.*")) {
                statics.put(name + "." + field, in.readLong());
            } else {
                skip(size(type));
            }
        }
        read += 2;
        int count = in.readUnsignedShort();
        String[] own = new String[count];
        for (int i = 0; i < count; i++) {
            own[i] = names.get(in.readLong()) + " " + in.readUnsignedByte();
            read += 9;
        }
        fields.put(id, own);
        return read;
    }

    private long instance() throws IOException {
        long id = in.readLong();
        in.readInt();
        long type = in.readLong();
        int length = in.readInt();
        if (!MAP.equals(classes.get(type))) {
            skip(length);
        } else {
            int read = 0;
            for (String field : fields.get(type)) {
                int width = size(Integer.parseInt(field.substring(field.indexOf(' ') + 1)));
                read += width;
                if (field.startsWith("baseCount ")) {
                    entries.put(id, in.readLong());
                } else {
                    skip(width);
                }
            }
            skip(length - read);
        }
        return 24 + length;
    }

    private long skip(long bytes) throws IOException {
        in.skipNBytes(bytes);
        return bytes;
    }

    private static int size(int type) throws IOException {
        switch (type) {
            case 2:
            case 7:
            case 11:
                return 8;
            case 4:
            case 8:
                return 1;
            case 5:
            case 9:
                return 2;
            case 6:
            case 10:
                return 4;
            default:
                throw new IOException("unknown type " + type);
        }
    }
}
