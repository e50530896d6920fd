import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Speaks the adapter protocol on standard input and output. */
final class Protocol {
    /** What an adapter says of itself; {@code unsupported} tells what cannot be said to the server, and why. */
    record Hello(String name, String homepage, String issues, Map<String, String> unsupported) {}

    /** A server under way. */
    interface Running {
        int port();

        void stop() throws Exception;
    }

    /** The implementation would not be configured so: a result, not an accident. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        Refused(Throwable cause) {
            super(cause.getMessage(), cause);
        }
    }

    /** Starts a server under a policy. */
    interface Serve {
        Running serve(Policy policy, String bind) throws Exception;
    }

    private static final List<String> CAPABILITIES = List.of(
            "origins.list", "origins.any", "origins.null", "origins.subdomains", "credentials", "methods.list",
            "methods.any", "request-headers.list", "request-headers.any", "response-headers.list",
            "response-headers.any", "max-age", "routes.status", "routes.redirect", "routes.panic", "hits");

    private final Hello hello;
    private final Serve serve;
    private final Map<Integer, Running> instances = new HashMap<>();

    private Protocol(Hello hello, Serve serve) {
        this.hello = hello;
        this.serve = serve;
    }

    /** Answers until there is nothing more to read. */
    static void speak(Hello hello, Serve serve) throws IOException {
        // Standard output belongs to the protocol, whatever a library likes to log.
        PrintStream out = System.out;
        System.setOut(System.err);
        Protocol protocol = new Protocol(hello, serve);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            JsonObject message = JsonParser.parseString(line).getAsJsonObject();
            Map<String, Object> reply = protocol.reply(message);
            if (reply == null) {
                break;
            }
            if (message.has("id")) {
                reply.put("id", message.get("id").getAsInt());
            }
            out.println(new Gson().toJson(reply));
            out.flush();
        }
        System.exit(0);
    }

    private Map<String, Object> reply(JsonObject message) throws IOException {
        String type = message.get("type").getAsString();
        try {
            switch (type) {
                case "hello":
                    return greeting();
                case "serve":
                    return start(message);
                case "stop":
                    instances.remove(message.get("id").getAsInt()).stop();
                    return say("type", "stopped");
                default:
                    return null;
            }
        } catch (Refused refused) {
            return say("type", "refused", "reason", refused.getMessage());
        } catch (Exception cause) {
            cause.printStackTrace();
            return say("type", "error", "message", cause.toString());
        }
    }

    private Map<String, Object> greeting() throws IOException {
        String version = Files.readString(Path.of(System.getenv("CROSSCHECK_ADAPTER_HOME"), "version"));
        List<String> capabilities = new ArrayList<>(CAPABILITIES);
        capabilities.removeAll(hello.unsupported().keySet());
        return say("type", "hello", "protocol", 1, "name", hello.name(), "version", version, "language", "java",
                "homepage", hello.homepage(), "issues", hello.issues(), "capabilities", capabilities,
                "unsupported", hello.unsupported(), "reconfigure", false, "one_shot", false,
                "concurrent_instances", 8);
    }

    private Map<String, Object> start(JsonObject message) throws Exception {
        Policy policy = new Policy(message.getAsJsonObject("policy"));
        Optional<String> lacking = policy.features().stream().filter(hello.unsupported()::containsKey).findFirst();
        if (lacking.isPresent()) {
            String reason = hello.unsupported().get(lacking.get());
            return say("type", "unsupported", "feature", lacking.get(), "reason", reason);
        }
        String bind = message.get("bind").getAsString();
        Running running = serve.serve(policy, bind);
        instances.put(message.get("id").getAsInt(), running);
        return say("type", "ready", "base_url", "http://" + bind + ":" + running.port());
    }

    private static Map<String, Object> say(Object... pairs) {
        Map<String, Object> said = new LinkedHashMap<>();
        for (int at = 0; at < pairs.length; at += 2) {
            said.put((String) pairs[at], pairs[at + 1]);
        }
        return said;
    }
}
