// SPDX-License-Identifier: Apache-2.0
package dev.jitney.metrics.micrometer;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Answers {@code GET} and {@code HEAD} of one path with the text for Prometheus, and nothing else.
 *
 * <p><b>Threads.</b> Two of its own, which are daemons: they keep no program alive.
 */
final class ScrapeServer implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(ScrapeServer.class.getName());
    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final int THREADS = 2;

    private final MicrometerMetrics metrics;
    private final String path;
    private final HttpServer server;
    private final ExecutorService threads;

    private ScrapeServer(MicrometerMetrics metrics, String path, HttpServer server) {
        this.metrics = metrics;
        this.path = path;
        this.server = server;
        threads = Executors.newFixedThreadPool(THREADS, ScrapeServer::daemon);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "jitney-metrics-http");
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Begins to listen.
     *
     * @throws IOException if it cannot; nothing is left open
     */
    static ScrapeServer start(
            MicrometerMetrics metrics, String host, int port, String path, String bus)
            throws IOException {
        HttpServer http = HttpServer.create(address(host, port), 0);
        ScrapeServer server = new ScrapeServer(metrics, path, http);
        try {
            // The server's own thread is a daemon if the one that starts it is.
            CompletableFuture.runAsync(http::start, server.threads).join();
        } catch (CompletionException e) {
            server.close();
            throw new IOException(e.getCause());
        }
        LOG.log(
                System.Logger.Level.INFO,
                "Metrics of bus ''{0}'' are at {1}",
                bus,
                url(host, server.address().getPort(), path));
        return server;
    }

    static String url(String host, int port, String path) {
        boolean plain = !host.contains(":") || host.startsWith("[");
        return "http://" + (plain ? host : "[" + host + "]") + ":" + port + path;
    }

    private static InetSocketAddress address(String host, int port) throws IOException {
        return new InetSocketAddress(InetAddress.getByName(host), port);
    }

    InetSocketAddress address() {
        return server.getAddress();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String method = exchange.getRequestMethod();
            if (!exchange.getRequestURI().getPath().equals(path)) {
                send(exchange, 404, "Metrics are at " + path + ".\n");
            } else if (method.equals("GET") || method.equals("HEAD")) {
                send(exchange, 200, metrics.scrape());
            } else {
                exchange.getResponseHeaders().set("Allow", "GET, HEAD");
                send(exchange, 405, "Use GET.\n");
            }
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "Metrics cannot be served", e);
        }
    }

    private static void send(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", TEXT);
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, head ? -1 : body.length);
        if (!head) {
            exchange.getResponseBody().write(body);
        }
    }

    /** Stops listening and answering at once. Closing again has no effect. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
