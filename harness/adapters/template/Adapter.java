import static java.util.stream.Collectors.joining;

import com.google.gson.Gson;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
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

    static final Map<Integer, HttpServer> servers = new HashMap<>();

    record Message(String type, int id, String bind, Map<String, Object> policy) {}

    static int server(Map<String, Object> policy, HttpExchange exchange) {
        // Replace this half by your own server's CORS, configured as the policy says.
        var request = exchange.getRequestHeaders();
        var response = exchange.getResponseHeaders();
        String origin = request.getFirst("Origin");
        boolean asks = origin != null && request.containsKey("Access-Control-Request-Method");
        boolean isPreflight = asks && exchange.getRequestMethod().equals("OPTIONS");
        boolean anyone = policy.get("origins").equals("*");
        if (!anyone) {
            response.set("Vary", "Origin");
        }
        if (anyone || ((List<?>) policy.get("origins")).contains(origin)) {
            response.set("Access-Control-Allow-Origin", anyone ? "*" : origin);
            if (policy.get("credentials").equals(true)) {
                response.set("Access-Control-Allow-Credentials", "true");
            }
            if (!isPreflight) {
                response.set("Access-Control-Expose-Headers", joined(policy.get("response_headers")));
            } else {
                response.set("Access-Control-Allow-Methods", joined(policy.get("methods")));
                response.set("Access-Control-Allow-Headers", joined(policy.get("request_headers")));
                if (policy.get("max_age") != null) { // seconds, or "disable"
                    int seconds = policy.get("max_age") instanceof Double given ? given.intValue() : 0;
                    response.set("Access-Control-Max-Age", String.valueOf(seconds));
                }
            }
        }
        // This half is the application that the suite visits: yours must answer so, too.
        if (isPreflight || !exchange.getRequestURI().getPath().equals("/echo")) {
            return isPreflight ? 204 : 404;
        }
        response.set("Content-Type", "application/json");
        for (String parameter : exchange.getRequestURI().getRawQuery().split("&")) {
            String[] parts = URLDecoder.decode(parameter, StandardCharsets.UTF_8).split("[=:]", 3);
            switch (parts[0]) {
                case "id" -> response.set("X-Crosscheck-Handled", parts[1]);
                case "h" -> response.add(parts[1], parts[2]);
                case "cookie" -> response.add("Set-Cookie", "crosscheck=1; Secure; SameSite=None; Path=/");
            }
        }
        return 200;
    }

    /** The names in a list, or "*". */
    static String joined(Object names) {
        return names instanceof List<?> list ? list.stream().map(String::valueOf).collect(joining(", ")) : "*";
    }

    static Map<String, Object> serve(int id, String bind, Map<String, Object> policy) throws IOException {
        if (policy.get("origins") instanceof List<?> origins && origins.stream().anyMatch(Map.class::isInstance)) {
            return Map.of("type", "unsupported", "id", id, "feature", "origins.subdomains", "reason", "no patterns");
        }
        if (policy.get("credentials").equals(true) && policy.containsValue("*")) {
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
        servers.put(id, server);
        return Map.of("type", "ready", "id", id, "base_url", "http://" + bind + ":" + server.getAddress().getPort());
    }

    static void tell(Object answer) {
        System.out.println(new Gson().toJson(answer));
    }

    public static void main(String[] arguments) throws IOException {
        Scanner input = new Scanner(System.in);
        while (input.hasNextLine()) {
            Message message = new Gson().fromJson(input.nextLine(), Message.class);
            switch (message.type()) {
                case "hello" -> tell(JsonParser.parseString(HELLO));
                case "serve" -> tell(serve(message.id(), message.bind(), message.policy()));
                case "stop" -> {
                    servers.get(message.id()).stop(0);
                    tell(Map.of("type", "stopped", "id", message.id()));
                }
                default -> System.exit(0);
            }
        }
    }
}
