import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import javax.servlet.DispatcherType;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.servlet.FilterHolder;
import org.eclipse.jetty.servlet.ServletContextHandler;
import org.eclipse.jetty.servlet.ServletHolder;
import org.eclipse.jetty.servlets.CrossOriginFilter;

/** Jetty's CrossOriginFilter before a servlet. */
final class Main {
    public static void main(String[] arguments) throws IOException {
        System.setProperty("org.eclipse.jetty.LEVEL", "WARN");
        Map<String, String> unsupported = Map.of(
                "methods.any", "allowedMethods takes no wildcard",
                "max-age.disable", "a preflightMaxAge of zero is not sent");
        Protocol.Hello hello = new Protocol.Hello("Jetty CrossOriginFilter", "https://jetty.org",
                "https://github.com/jetty/jetty.project/issues", unsupported);
        Protocol.speak(hello, Main::serve);
    }

    private static Protocol.Running serve(Policy policy, String bind) throws Exception {
        FilterHolder filter = new FilterHolder(CrossOriginFilter.class);
        // "https://*.domain.[com|co.uk]" is how the documentation writes subdomains.
        List<String> origins = new ArrayList<>(policy.exactOrigins());
        policy.parents().forEach(parent -> origins.add(parent.replace("://", "://*.")));
        filter.setInitParameter(CrossOriginFilter.ALLOWED_ORIGINS_PARAM,
                policy.anyOrigin() ? "*" : String.join(",", origins));
        filter.setInitParameter(CrossOriginFilter.ALLOWED_METHODS_PARAM, String.join(",", policy.allMethods()));
        filter.setInitParameter(CrossOriginFilter.ALLOWED_HEADERS_PARAM,
                String.join(",", policy.listing("request_headers")));
        filter.setInitParameter(CrossOriginFilter.EXPOSED_HEADERS_PARAM,
                String.join(",", policy.listing("response_headers")));
        filter.setInitParameter(CrossOriginFilter.ALLOW_CREDENTIALS_PARAM, String.valueOf(policy.credentials()));
        // The routes take OPTIONS for themselves, so preflights are not for them.
        filter.setInitParameter(CrossOriginFilter.CHAIN_PREFLIGHT_PARAM, "false");
        if (policy.maxAge() != null) {
            filter.setInitParameter(CrossOriginFilter.PREFLIGHT_MAX_AGE_PARAM, String.valueOf(policy.maxAge()));
        }
        ServletContextHandler context = new ServletContextHandler();
        context.addFilter(filter, "/*", EnumSet.of(DispatcherType.REQUEST));
        context.addServlet(new ServletHolder(new Routes()), "/");
        Server server = new Server(new InetSocketAddress(bind, 0));
        server.setHandler(context);
        try {
            server.start();
        } catch (Exception cause) {
            throw new Protocol.Refused(cause);
        }
        return new Protocol.Running() {
            @Override
            public int port() {
                return ((ServerConnector) server.getConnectors()[0]).getLocalPort();
            }

            @Override
            public void stop() throws Exception {
                server.stop();
            }
        };
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
}
