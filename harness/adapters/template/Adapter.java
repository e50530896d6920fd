import com.google.gson.Gson;
import com.sun.net.httpserver.Headers;
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
import java.util.concurrent.Executors;

/** A whole adapter in one file: copy it, and put your own server where {@code answer} is. */
final class Adapter {
    private static final String HELLO = "{'type':'hello','protocol':1,'name':'template','version':'1.0.0',"
            + "'language':'java','concurrent_instances':8,'capabilities':['origins.list','origins.any','origins.null',"
            + "'credentials','methods.list','methods.any','request-headers.list','request-headers.any',"
            + "'response-headers.list','response-headers.any','max-age'],"
            + "'unsupported':{'origins.subdomains':'this server knows no patterns'}}";

    record Policy(
            Object origins, Object methods, Object request_headers, Object response_headers, boolean credentials,
            Object max_age) {}

    record Message(String type, int id, String bind, Policy policy) {}

    private static int answer(Policy policy, HttpExchange exchange) {
        Headers request = exchange.getRequestHeaders();
        Headers response = exchange.getResponseHeaders();
        String origin = request.getFirst("Origin");
        boolean anyone = policy.origins().equals("*");
        boolean allowed = anyone || ((List<?>) policy.origins()).contains(origin);
        if (!anyone) {
            response.set("Vary", "Origin");
        }
        if (allowed) {
            response.set("Access-Control-Allow-Origin", anyone ? "*" : origin);
        }
        if (allowed && policy.credentials()) {
            response.set("Access-Control-Allow-Credentials", "true");
        }
        boolean asks = origin != null && request.containsKey("Access-Control-Request-Method");
        if (exchange.getRequestMethod().equals("OPTIONS") && asks) {
            if (!allowed) {
                return 403;
            }
            response.set("Access-Control-Allow-Methods", joined(policy.methods()));
            response.set("Access-Control-Allow-Headers", joined(policy.request_headers()));
            if (policy.max_age() instanceof Double seconds) {
                response.set("Access-Control-Max-Age", String.valueOf(seconds.longValue()));
            } else if (policy.max_age() != null) {
                response.set("Access-Control-Max-Age", "0");
            }
            return 204;
        }
        if (allowed && !joined(policy.response_headers()).isEmpty()) {
            response.set("Access-Control-Expose-Headers", joined(policy.response_headers()));
        }
        if (!exchange.getRequestURI().getPath().equals("/echo")) {
            return 404;
        }
        response.set("Content-Type", "application/json");
        for (String pair : exchange.getRequestURI().getRawQuery().split("&")) {
            String[] parts = URLDecoder.decode(pair, StandardCharsets.UTF_8).split("[=:]", 3);
            switch (parts[0]) {
                case "id" -> response.set("X-Crosscheck-Handled", parts[1]);
                case "h" -> response.add(parts[1], parts[2].strip());
                case "cookie" -> response.add("Set-Cookie", "crosscheck=1; Secure; SameSite=None; Path=/");
                default -> { }
            }
        }
        return 200;
    }

    private static String joined(Object listing) {
        return listing instanceof List<?> list ? String.join(", ", list.toArray(String[]::new)) : "*";
    }

    private static HttpServer serve(Message message) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(message.bind(), 0), 64);
        server.setExecutor(Executors.newFixedThreadPool(4));
        server.createContext("/", exchange -> {
            try (exchange) {
                exchange.getRequestBody().readAllBytes();
                int status = answer(message.policy(), exchange);
                byte[] body = "{\"ok\":true}".getBytes(StandardCharsets.UTF_8);
                boolean hasBody = status != 204 && !exchange.getRequestMethod().equals("HEAD");
                exchange.sendResponseHeaders(status, hasBody ? body.length : -1);
                if (hasBody) {
                    exchange.getResponseBody().write(body);
                }
            }
        });
        server.start();
        return server;
    }

    public static void main(String[] arguments) throws IOException {
        Map<Integer, HttpServer> servers = new HashMap<>();
        Scanner in = new Scanner(System.in, StandardCharsets.UTF_8);
        while (in.hasNextLine()) {
            Message message = new Gson().fromJson(in.nextLine(), Message.class);
            int id = message.id();
            Policy policy = message.policy();
            String said = switch (message.type()) {
                case "hello" -> HELLO;
                case "serve" -> {
                    if (policy.credentials() && List.of(policy.origins(), policy.methods(), policy.request_headers(),
                            policy.response_headers()).contains("*")) {
                        yield "{'type':'refused','id':" + id + ",'reason':'* means nothing with credentials'}";
                    }
                    if (policy.origins() instanceof List<?> origins && !origins.stream().allMatch(String.class::isInstance)) {
                        yield "{'type':'unsupported','id':" + id + ",'feature':'origins.subdomains',"
                                + "'reason':'this server knows no patterns'}";
                    }
                    servers.put(id, serve(message));
                    String url = "http://" + message.bind() + ":" + servers.get(id).getAddress().getPort();
                    yield "{'type':'ready','id':" + id + ",'base_url':'" + url + "'}";
                }
                case "stop" -> {
                    servers.remove(id).stop(0);
                    yield "{'type':'stopped','id':" + id + "}";
                }
                default -> null;
            };
            if (said == null) {
                System.exit(0);
            }
            System.out.println(said.replace('\'', '"'));
        }
    }
}
