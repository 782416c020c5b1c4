import io.temporal.testserver.TestServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * Time-skipping servers in one Java process, which is warm after the first of them. Prints the port that it listens on.
 * A client sends a line with the port that its server is to have, and closes the connection to end that server. The
 * process ends when its input does: whoever started it, and was killed, takes it along.
 */
public final class TestServers {
  public static void main(String[] args) throws IOException {
    Thread parent = new Thread(TestServers::endWithInput, "parent");
    parent.setDaemon(true);
    parent.start();
    try (ServerSocket control = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      System.out.println(control.getLocalPort());
      while (true) {
        Socket client = control.accept();
        Thread thread = new Thread(() -> serve(client), "test-server");
        thread.setDaemon(true);
        thread.start();
      }
    }
  }

  private static void endWithInput() {
    try {
      while (System.in.read() != -1) continue;
    } catch (IOException gone) {
      // The same: nobody holds the other end.
    }
    Runtime.getRuntime().halt(0);
  }

  private static void serve(Socket client) {
    try (Socket connection = client;
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII))) {
      int port = Integer.parseInt(lines.readLine());
      // The second argument: time stands on the clock until the SDK lets it skip, as for a server of its own process.
      try (TestServer.PortBoundTestServer server = TestServer.createPortBoundServer(port, true)) {
        while (lines.readLine() != null) continue;
      }
    } catch (IOException | RuntimeException fault) {
      // One test's server; its client finds nobody on the port and says so. The others go on.
      System.err.println("test server: " + fault);
    }
  }
}
