import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A service with a map of sessions. A number on standard input is so many requests to serve; the answer is a line.
 *
 * <p>leak: each request leaves an entry behind. tidy: each request removes its entry. cache: the map is filled at the
 * start, on purpose, and requests replace entries. How many entries that are is the third argument.
 */
public final class Service {
    private static final ConcurrentHashMap<String, Object> SESSIONS = new ConcurrentHashMap<>();

    private static long requests;

    /** What a request knows of its caller. */
    private static final class Session {
        private final long begun;
        private final int caller;

        Session(long begun, int caller) {
            this.begun = begun;
            this.caller = caller;
        }
    }

    private Service() {}

    public static void main(String[] arguments) throws Exception {
        String mode = arguments[0];
        int payload = Integer.parseInt(arguments[1]);
        int cached = Integer.parseInt(arguments[2]);
        if (mode.equals("cache")) {
            for (int i = 0; i < cached; i++) {
                serve(mode, i, payload);
            }
        }
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            for (int i = Integer.parseInt(line); i > 0; i--) {
                serve(mode, mode.equals("cache") ? requests % cached : requests, payload);
                requests++;
            }
            System.out.println("served, " + SESSIONS.size() + " sessions in the map");
        }
    }

    private static void serve(String mode, long caller, int payload) {
        String key = "session-" + caller;
        SESSIONS.put(key, payload == 0 ? new Session(System.nanoTime(), (int) caller) : new byte[payload]);
        if (mode.equals("tidy")) {
            SESSIONS.remove(key);
        }
    }
}
