package dev.tributary.training.tokenizer;

import java.io.FileDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A program that runs in a JVM of its own with every socket replaced by one that fails and takes note. Arguments: the
 * model directory, and {@code control} to let the library call home on purpose. Prints one line per attempt.
 */
public final class NetworkWatch {

    private static final List<String> ATTEMPTS = new CopyOnWriteArrayList<>();

    private NetworkWatch() {}

    @SuppressWarnings("deprecation") // the only hook of the JDK that sees every blocking socket
    public static void main(String[] args) throws IOException {
        Socket.setSocketImplFactory(RefusingSocket::new);
        if (args[1].equals("control")) {
            ai.djl.util.Ec2Utils.callHome("control");
        } else {
            try (TextTokenizer tokenizer = Tokenizers.load(Path.of(args[0]))) {
                System.out.println("tokens " + tokenizer.encode("one two three", 16).length);
            }
        }
        ATTEMPTS.forEach(a -> System.out.println("attempt " + a));
    }

    private static final class RefusingSocket extends SocketImpl {

        private static IOException refuse(Object address) {
            ATTEMPTS.add(String.valueOf(address));
            return new SocketException("no network here");
        }

        @Override
        protected void create(boolean stream) {
            fd = new FileDescriptor();
        }

        @Override
        protected void connect(String host, int port) throws IOException {
            throw refuse(host + ":" + port);
        }

        @Override
        protected void connect(InetAddress address, int port) throws IOException {
            throw refuse(address + ":" + port);
        }

        @Override
        protected void connect(SocketAddress address, int timeout) throws IOException {
            throw refuse(address);
        }

        @Override
        protected void bind(InetAddress host, int port) {}

        @Override
        protected void listen(int backlog) {}

        @Override
        protected void accept(SocketImpl s) throws IOException {
            throw refuse("accept");
        }

        @Override
        protected InputStream getInputStream() throws IOException {
            throw refuse("read");
        }

        @Override
        protected OutputStream getOutputStream() throws IOException {
            throw refuse("write");
        }

        @Override
        protected int available() {
            return 0;
        }

        @Override
        protected void close() {}

        @Override
        protected void sendUrgentData(int data) throws IOException {
            throw refuse("urgent data");
        }

        @Override
        public void setOption(int option, Object value) {}

        @Override
        public Object getOption(int option) {
            return 0;
        }
    }
}
