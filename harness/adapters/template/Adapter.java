import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Scanner;

/** An adapter in one file: copy it, and put your own server where {@code server} is. */
class Adapter {
    // The answer to `hello`: what your server can be asked for, and what it has no option for.
    static final String HELLO =
            """
            {"type": "hello", "protocol": 1, "name": "template", "version": "1.0.0", "language": "java",
              "capabilities": ["origins.list", "origins.any", "origins.null", "credentials", "methods.list",
                "methods.any", "request-headers.list", "request-headers.any", "response-headers.list",
                "response-headers.any", "max-age"],
              "unsupported": {"origins.subdomains": "this server knows no patterns"}, "concurrent_instances": 8}
            """;

    static final Gson GSON = new Gson();
    static final Map<Integer, HttpServer> SERVERS = new HashMap<>();

    record Message(String type, int id, String bind, JsonObject policy) {}

    static int server(JsonObject policy, HttpExchange exchange) {
        // Replace this half by your own server's CORS, configured as the policy says.
        var request = exchange.getRequestHeaders();
        String origin = request.getFirst("Origin");
        boolean asks = origin != null && request.containsKey("Access-Control-Request-Method");
        boolean isPreflight = asks && exchange.getRequestMethod().equals("OPTIONS");
        JsonElement origins = policy.get("origins");
        boolean anyone = !origins.isJsonArray();
        set(exchange, "Vary", "Origin", !anyone);
        if (anyone || origins.getAsJsonArray().contains(GSON.toJsonTree(origin))) {
            boolean hasMaxAge = !policy.get("max_age").isJsonNull();
            String maxAge = text(policy.get("max_age")).replace("disable", "0");
            set(exchange, "Access-Control-Allow-Origin", anyone ? "*" : origin, true);
            set(exchange, "Access-Control-Allow-Credentials", "true", policy.get("credentials").getAsBoolean());
            set(exchange, "Access-Control-Allow-Methods", text(policy.get("methods")), isPreflight);
            set(exchange, "Access-Control-Allow-Headers", text(policy.get("request_headers")), isPreflight);
            set(exchange, "Access-Control-Max-Age", maxAge, isPreflight && hasMaxAge);
            set(exchange, "Access-Control-Expose-Headers", text(policy.get("response_headers")), !isPreflight);
        }
        // This half is the application that the suite visits: yours must answer so, too.
        if (isPreflight || !exchange.getRequestURI().getPath().equals("/echo")) {
            return isPreflight ? 204 : 404;
        }
        set(exchange, "Content-Type", "application/json", true);
        String query = exchange.getRequestURI().getRawQuery();
        for (String parameter : query == null ? new String[0] : query.split("&")) {
            String[] parts = URLDecoder.decode(parameter, StandardCharsets.UTF_8).split("[=:]", 3);
            switch (parts[0]) {
                case "id" -> set(exchange, "X-Crosscheck-Handled", parts[1], true);
                case "h" -> exchange.getResponseHeaders().add(parts[1], parts[2]);
                case "cookie" -> set(exchange, "Set-Cookie", "crosscheck=1; Secure; SameSite=None; Path=/", true);
            }
        }
        return 200;
    }

    static void set(HttpExchange exchange, String name, String value, boolean when) {
        if (when) {
            exchange.getResponseHeaders().set(name, value);
        }
    }

    /** The names in a list, or what stands there instead of one. */
    static String text(JsonElement names) {
        return names.toString().replaceAll("[\\[\\]\"]", "");
    }

    static Map<String, Object> serve(int id, String bind, JsonObject policy) throws IOException {
        if (policy.get("origins").toString().contains("{")) {
            return Map.of("type", "unsupported", "id", id, "feature", "origins.subdomains", "reason", "no patterns");
        }
        if (policy.get("credentials").getAsBoolean() && policy.toString().contains("\"*\"")) {
            return Map.of("type", "refused", "id", id, "reason", "* means nothing with credentials");
        }
        HttpServer server = HttpServer.create(new InetSocketAddress(bind, 0), 0);
        server.createContext("/", exchange -> {
            int status = server(policy, exchange);
            boolean hasBody = status == 200 && !exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(status, hasBody ? 0 : -1);
            exchange.getResponseBody().write(hasBody ? "{\"ok\":true}".getBytes() : new byte[0]);
            exchange.close();
        });
        server.start();
        SERVERS.put(id, server);
        return Map.of("type", "ready", "id", id, "base_url", "http://" + bind + ":" + server.getAddress().getPort());
    }

    static void tell(Object answer) {
        System.out.println(GSON.toJson(answer));
    }

    public static void main(String[] arguments) throws IOException {
        Scanner input = new Scanner(System.in);
        while (input.hasNextLine()) {
            Message message = GSON.fromJson(input.nextLine(), Message.class);
            switch (message.type()) {
                case "hello" -> tell(GSON.fromJson(HELLO, JsonObject.class));
                case "serve" -> tell(serve(message.id(), message.bind(), message.policy()));
                case "stop" -> {
                    SERVERS.get(message.id()).stop(0);
                    tell(Map.of("type", "stopped", "id", message.id()));
                }
                default -> System.exit(0); // "bye"
            }
        }
        System.exit(0); // servers would keep the program alive
    }
}
