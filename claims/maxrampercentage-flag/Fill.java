import java.util.ArrayList;
import java.util.List;

/** Keeps arrays of 1 MiB until the virtual machine refuses one; prints how many it kept. */
public final class Fill {
    private Fill() {}

    public static void main(String[] arguments) {
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
    }
}
