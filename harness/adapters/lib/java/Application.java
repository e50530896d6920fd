import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The application behind the policy: what its routes answer, for any container to send. */
final class Application {
    static final String HITS = "/__crosscheck/hits";
    private static final Pattern STATUS = Pattern.compile("/status/([2-5][0-9]{2})");

    /** A response; header values are to be added, never to replace. */
    record Answer(int status, List<Map.Entry<String, String>> headers, String body) {}

    private final Map<String, Integer> hits = new ConcurrentHashMap<>();

    /** What {@code path} answers; null if there is no such route. */
    Answer answer(String method, String path, String query) {
        Parameters parameters = new Parameters(query);
        Matcher status = STATUS.matcher(path);
        if (path.equals("/echo")) {
            return handled(parameters, 200, null);
        }
        if (status.matches()) {
            return handled(parameters, Integer.parseInt(status.group(1)), null);
        }
        if (path.equals("/redirect") && method.equals("GET")) {
            String code = parameters.first("code");
            return handled(parameters, code.isEmpty() ? 302 : Integer.parseInt(code), parameters.first("to"));
        }
        if (path.equals("/panic")) {
            count(parameters);
            throw new IllegalStateException("asked to panic");
        }
        return null;
    }

    /** How often a handler ran for the {@code id} parameter, as JSON. */
    String tell(String query) {
        int count = hits.getOrDefault(new Parameters(query).first("id"), 0);
        return "{\"hits\":" + count + "}";
    }

    private void count(Parameters parameters) {
        hits.merge(parameters.first("id"), 1, Integer::sum);
    }

    private Answer handled(Parameters parameters, int status, String location) {
        count(parameters);
        List<Map.Entry<String, String>> headers = new ArrayList<>();
        headers.add(Map.entry("x-crosscheck-handled", parameters.first("id")));
        if (location != null) {
            headers.add(Map.entry("Location", location));
        }
        for (String line : parameters.all("h")) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.add(Map.entry(line.substring(0, colon), line.substring(colon + 1).strip()));
            }
        }
        if (parameters.first("cookie").equals("1")) {
            headers.add(Map.entry("Set-Cookie", "crosscheck=1; Secure; SameSite=None; Path=/"));
        }
        boolean hasBody = status != 204 && status != 205 && status != 304;
        return new Answer(status, headers, hasBody ? "{\"ok\":true}" : "");
    }

    private record Parameters(String query) {
        List<String> all(String wanted) {
            List<String> values = new ArrayList<>();
            for (String pair : (query == null ? "" : query).split("&")) {
                String[] parts = pair.split("=", 2);
                if (parts.length == 2 && decode(parts[0]).equals(wanted)) {
                    values.add(decode(parts[1]));
                }
            }
            return values;
        }

        String first(String wanted) {
            List<String> values = all(wanted);
            return values.isEmpty() ? "" : values.get(0);
        }

        private static String decode(String text) {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        }
    }
}
