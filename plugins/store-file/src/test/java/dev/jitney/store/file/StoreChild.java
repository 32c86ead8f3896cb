// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Another JVM that works on a store: what it prints is read line by line, and it can be killed. */
final class StoreChild implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final String END = "<end>";

    private final Process process;
    private final Thread reader;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    private StoreChild(Process process) {
        this.process = process;
        this.reader = new Thread(this::read, "reader of " + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    static StoreChild start(Class<?> main, Object... arguments) throws IOException {
        return startIn(List.of(), main, arguments);
    }

    /** Starts it by means of another command, which is to run it. */
    static StoreChild startIn(List<String> runner, Class<?> main, Object... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(runner);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of("-Xshare:auto", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m"));
        String logging = System.getProperty("java.util.logging.config.file");
        if (logging != null) {
            command.add("-Djava.util.logging.config.file=" + logging);
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        ProcessBuilder builder = new ProcessBuilder(command);
        return new StoreChild(builder.redirectError(ProcessBuilder.Redirect.INHERIT).start());
    }

    long pid() {
        return process.pid();
    }

    /** Returns the next line, or null at the end. */
    @Nullable String line() throws InterruptedException {
        String line = lines.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (line == null) {
            throw new AssertionError("process " + pid() + " says nothing more");
        }
        if (line.equals(END)) {
            lines.add(END);
            return null;
        }
        return line;
    }

    /** Reads on until a line that begins so, and returns what follows. */
    String expect(String start) throws InterruptedException {
        while (true) {
            String line = line();
            if (line == null) {
                throw new AssertionError("process " + pid() + " ended without '" + start + "'");
            }
            if (line.startsWith(start)) {
                return line.substring(start.length()).strip();
            }
        }
    }

    void say(String line) throws IOException {
        process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    /** Sends a signal by its name, as kill does. */
    void signal(String name) throws IOException, InterruptedException {
        int code = new ProcessBuilder("kill", "-" + name, "" + pid()).inheritIO().start().waitFor();
        if (code != 0) {
            throw new IOException("kill -" + name + " " + pid() + " gave " + code);
        }
    }

    /** Kills it with SIGKILL; what it had said can still be read. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private void read() {
        try (BufferedReader in =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            // It was killed: a line may be cut off, which was not said then.
        } finally {
            lines.add(END);
        }
    }
}
