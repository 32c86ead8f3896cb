// SPDX-License-Identifier: Apache-2.0
package dev.jitney.handler.webhook;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An HTTP server on a free port of the loopback. */
final class Endpoint implements AutoCloseable {

    /** What it was sent. */
    record Call(String method, String path, Headers headers, byte[] body) {
        String header(String name) {
            return headers.getFirst(name);
        }
    }

    /** How it answers a call, the first of which has number 1. */
    interface Answer {
        void to(int number, HttpExchange exchange) throws Exception;
    }

    final List<Call> calls = new CopyOnWriteArrayList<>();
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    Endpoint(Answer answer) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext(
                "/",
                exchange -> {
                    byte[] body = exchange.getRequestBody().readAllBytes();
                    String path = exchange.getRequestURI().toString();
                    Headers headers = new Headers();
                    headers.putAll(exchange.getRequestHeaders());
                    int number;
                    synchronized (calls) {
                        calls.add(new Call(exchange.getRequestMethod(), path, headers, body));
                        number = calls.size();
                    }
                    try (exchange) {
                        answer.to(number, exchange);
                    } catch (Exception e) {
                        throw new IOException(e);
                    }
                });
        server.start();
    }

    /** Answers the first calls with these statuses, and all others with the last one. */
    static Endpoint answering(int... statuses) throws IOException {
        return new Endpoint(
                (number, exchange) ->
                        exchange.sendResponseHeaders(
                                statuses[Math.min(number, statuses.length) - 1], -1));
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/hook?token=t0ken";
    }

    String shown() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/hook";
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
