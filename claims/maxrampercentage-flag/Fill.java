import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Keeps arrays of 1 MiB until the virtual machine refuses one; prints how many it kept, and the most memory that the process held. */
public final class Fill {
    private Fill() {}

    public static void main(String[] arguments) throws IOException {
        List<byte[]> kept = new ArrayList<>(4096);
        int count = 0;
        try {
            while (true) {
                // Less than a full MiB: with its header the array is one.
                kept.add(new byte[(1 << 20) - 16]);
                count++;
            }
        } catch (OutOfMemoryError full) {
            kept.clear();
        }
        System.out.printf("{\"metric\": \"filled\", \"value\": %d, \"unit\": \"MiB\"}%n", count);
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmHWM:")) {
                String kib = line.replaceAll("\\D", "");
                System.out.printf("{\"metric\": \"resident\", \"value\": %s, \"unit\": \"KiB\"}%n", kib);
            }
        }
    }
}
