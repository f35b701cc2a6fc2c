package dev.tributary.coordinator.enrolment;

import dev.tributary.coordinator.config.TributaryProperties;
import dev.tributary.privacy.pki.TlsIdentity;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Set;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleKey;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.core.env.Environment;

/** Page and REST by the coordinator's own certificate. */
public final class PageTls {

    static final String BUNDLE = "tributary";
    private static final String PASSWORD = "in-memory";

    private PageTls() {}

    /** Whether page and REST speak TLS by it: where that is wanted and the operator gave no certificate. */
    public static boolean isOn(TributaryProperties properties, Environment environment) {
        boolean given = Binder.get(environment)
                .bind("server.ssl", Bindable.mapOf(String.class, String.class))
                .isBound();
        return !given && properties.pageTls();
    }

    /** The authority is shown too, so that a client that knows its fingerprint can take it from there. */
    static SslBundle of(TlsIdentity identity) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("page", identity.key(), PASSWORD.toCharArray(), new X509Certificate[] {
                identity.certificate(), identity.authority()
            });
            return SslBundle.of(
                    SslStoreBundle.of(store, PASSWORD, null),
                    SslBundleKey.of(PASSWORD, "page"),
                    SslOptions.of(null, Set.of("TLSv1.3", "TLSv1.2")));
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("the coordinator's certificate cannot be used for its page", e);
        }
    }
}
