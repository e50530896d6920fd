import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.filters.CorsFilter;
import org.apache.catalina.startup.ExpandWar;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;

/** Tomcat's CorsFilter before a servlet. */
final class Main {
    public static void main(String[] arguments) throws IOException {
        Map<String, String> unsupported = Map.of(
                "origins.subdomains", "cors.allowed.origins takes no pattern",
                "methods.any", "cors.allowed.methods takes no wildcard",
                "request-headers.any", "cors.allowed.headers takes no wildcard",
                "max-age.disable", "a cors.preflight.maxage of zero is not sent");
        Protocol.Hello hello = new Protocol.Hello("Tomcat CorsFilter", "https://tomcat.apache.org",
                "https://bz.apache.org/bugzilla/enter_bug.cgi?product=Tomcat%2010", unsupported);
        Protocol.speak(hello, Main::serve);
    }

    private static Protocol.Running serve(Policy policy, String bind) throws Exception {
        FilterDef filter = new FilterDef();
        filter.setFilterName("cors");
        filter.setFilter(new CorsFilter());
        parameters(policy).forEach(filter::addInitParameter);
        try {
            new CorsFilter().init(new Settings(filter.getParameterMap()));
        } catch (ServletException | IllegalArgumentException cause) {
            throw new Protocol.Refused(cause);
        }
        Tomcat tomcat = new Tomcat();
        Path folder = Files.createTempDirectory("crosscheck");
        tomcat.setBaseDir(folder.toString());
        tomcat.setSilent(true);
        Connector connector = new Connector();
        connector.setPort(0);
        connector.setProperty("address", bind);
        tomcat.setConnector(connector);
        Context context = tomcat.addContext("", null);
        Tomcat.addServlet(context, "application", new Routes()).addMapping("/");
        FilterMap everywhere = new FilterMap();
        everywhere.setFilterName("cors");
        everywhere.addURLPattern("/*");
        context.addFilterDef(filter);
        context.addFilterMap(everywhere);
        tomcat.start();
        return new Protocol.Running() {
            @Override
            public int port() {
                return connector.getLocalPort();
            }

            @Override
            public void stop() throws Exception {
                tomcat.stop();
                tomcat.destroy();
                ExpandWar.delete(folder.toFile());
            }
        };
    }

    private static Map<String, String> parameters(Policy policy) {
        List<String> origins = policy.anyOrigin() ? List.of("*") : policy.exactOrigins();
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put(CorsFilter.PARAM_CORS_ALLOWED_ORIGINS, String.join(",", origins));
        parameters.put(CorsFilter.PARAM_CORS_ALLOWED_METHODS, String.join(",", policy.allMethods()));
        parameters.put(CorsFilter.PARAM_CORS_ALLOWED_HEADERS, String.join(",", policy.listing("request_headers")));
        parameters.put(CorsFilter.PARAM_CORS_EXPOSED_HEADERS, String.join(",", policy.listing("response_headers")));
        parameters.put(CorsFilter.PARAM_CORS_SUPPORT_CREDENTIALS, String.valueOf(policy.credentials()));
        // "A negative value will prevent CORS Filter from adding this response header".
        int maxAge = policy.maxAge() == null ? -1 : policy.maxAge();
        parameters.put(CorsFilter.PARAM_CORS_PREFLIGHT_MAXAGE, String.valueOf(maxAge));
        return parameters;
    }

    private static final class Routes extends HttpServlet {
        private static final long serialVersionUID = 1;
        private final transient Application application = new Application();

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            String path = request.getRequestURI();
            if (path.equals(Application.HITS)) {
                response.getWriter().print(application.tell(request.getQueryString()));
                return;
            }
            Application.Answer answer = application.answer(request.getMethod(), path, request.getQueryString());
            if (answer == null) {
                response.sendError(HttpServletResponse.SC_NOT_FOUND);
                return;
            }
            response.setStatus(answer.status());
            answer.headers().forEach(header -> response.addHeader(header.getKey(), header.getValue()));
            if (!answer.body().isEmpty()) {
                response.setContentType("application/json");
                response.getWriter().print(answer.body());
            }
        }
    }

    /** The parameters alone, to learn what the filter says to them. */
    private record Settings(Map<String, String> parameters) implements FilterConfig {
        @Override
        public String getFilterName() {
            return "cors";
        }

        @Override
        public ServletContext getServletContext() {
            return null;
        }

        @Override
        public String getInitParameter(String name) {
            return parameters.get(name);
        }

        @Override
        public Enumeration<String> getInitParameterNames() {
            return Collections.enumeration(parameters.keySet());
        }
    }
}
