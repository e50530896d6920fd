import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What a server's operator intends. */
final class Policy {
    private final JsonObject json;

    Policy(JsonObject json) {
        this.json = json;
    }

    boolean anyOrigin() {
        return isAny(json.get("origins"));
    }

    /** The origins that are written out; the opaque one is {@code null} in letters. */
    List<String> exactOrigins() {
        List<String> exact = new ArrayList<>();
        if (!anyOrigin()) {
            for (JsonElement origin : json.getAsJsonArray("origins")) {
                if (origin.isJsonPrimitive()) {
                    exact.add(origin.getAsString());
                }
            }
        }
        return exact;
    }

    /** The origins whose subdomains are meant. */
    List<String> parents() {
        List<String> parents = new ArrayList<>();
        if (!anyOrigin()) {
            for (JsonElement origin : json.getAsJsonArray("origins")) {
                if (origin.isJsonObject()) {
                    parents.add(origin.getAsJsonObject().get("subdomains_of").getAsString());
                }
            }
        }
        return parents;
    }

    /** Every method that a page may use: the three that need no permission, and the listed ones. */
    List<String> allMethods() {
        List<String> methods = new ArrayList<>(List.of("GET", "HEAD", "POST"));
        methods.addAll(listing("methods"));
        return methods;
    }

    /** {@code methods}, {@code request_headers} or {@code response_headers}; "*" alone for everything. */
    List<String> listing(String name) {
        JsonElement listing = json.get(name);
        if (isAny(listing)) {
            return List.of("*");
        }
        List<String> listed = new ArrayList<>();
        listing.getAsJsonArray().forEach(item -> listed.add(item.getAsString()));
        return listed;
    }

    boolean credentials() {
        return json.get("credentials").getAsBoolean();
    }

    /** Seconds, 0 for never, null to say nothing. */
    Integer maxAge() {
        JsonElement age = json.get("max_age");
        if (age.isJsonNull()) {
            return null;
        }
        return age.getAsJsonPrimitive().isString() ? 0 : age.getAsInt();
    }

    /** What a server must be able to express, in the protocol's words. */
    Set<String> features() {
        Set<String> features = new LinkedHashSet<>();
        if (anyOrigin()) {
            features.add("origins.any");
        }
        exactOrigins().forEach(origin -> features.add(origin.equals("null") ? "origins.null" : "origins.list"));
        parents().forEach(parent -> features.add("origins.subdomains"));
        for (String name : List.of("methods", "request_headers", "response_headers")) {
            List<String> listed = listing(name);
            if (!listed.isEmpty()) {
                features.add(name.replace('_', '-') + (listed.get(0).equals("*") ? ".any" : ".list"));
            }
        }
        if (credentials()) {
            features.add("credentials");
        }
        if (maxAge() != null) {
            features.add("max-age");
            if (maxAge() == 0) {
                features.add("max-age.disable");
            }
        }
        return features;
    }

    private static boolean isAny(JsonElement listing) {
        return listing.isJsonPrimitive();
    }
}
