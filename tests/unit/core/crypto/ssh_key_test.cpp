// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/ssh_key.h"

#include <gtest/gtest.h>

#include "core/crypto/p256.h"

namespace cardea::crypto {
namespace {

// Made by OpenSSL; the lines are what `ssh-keygen -i -m PKCS8` makes of them.
struct Vector {
  std::string_view spki, line;
};
constexpr Vector kVectors[] = {
    {"3059301306072a8648ce3d020106082a8648ce3d03010703420004c5d77fe04237ca972423687f9265209eebb2"
     "695fdb7e99e785bc72d828ad0f6fdd2d0e15a5a57113d9fc71b0d8d1ece627f4e4ee4642c2b386d5aadab6e9a7"
     "ad",
     "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBMXXf+BCN8qXJCNof5"
     "JlIJ7rsmlf236Z54W8ctgorQ9v3S0OFaWlcRPZ/HGw2NHs5if05O5GQsKzhtWq2rbpp60="},
    {"30820122300d06092a864886f70d01010105000382010f003082010a0282010100d3251bd193c19a8096ea1350"
     "c7bedb39a06f6f6d015fea0f79c386aebd9b87880ac6aecabf1df2fa2ee1c6ef2d46b11d9ed81ce4c15ba9eac0"
     "1d9e965a2dc5574f1d38113e2cc74d99766129fd08e2ab107c25ab61438e5fedb1e632416e2977fbc2977f00f8"
     "8da6b279dbbc126b056270fb2fc043a172d5987d948694161416466c4f431c3ff45cdefad738f74e67164911ad"
     "ca275460f64c4bd997ade8c7961ba0af80282ff732357cd97f3090f99fc4ddccbd22b5ecd33334158a0c5747a6"
     "c1ffeecc9a5ff05e3780fbcbd0fba08305214622216161b03fd8492bf9b92a19f0b443078f1965fdec75f254ea"
     "d11e8d22e389921fa0d44c1e1a2a11b468e0d90203010001",
     "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDTJRvRk8GagJbqE1DHvts5oG9vbQFf6g95w4auvZuHiArGrsq/Hf"
     "L6LuHG7y1GsR2e2BzkwVup6sAdnpZaLcVXTx04ET4sx02ZdmEp/QjiqxB8JathQ45f7bHmMkFuKXf7wpd/APiNprJ5"
     "27wSawVicPsvwEOhctWYfZSGlBYUFkZsT0McP/Rc3vrXOPdOZxZJEa3KJ1Rg9kxL2Zet6MeWG6CvgCgv9zI1fNl/MJ"
     "D5n8TdzL0itezTMzQVigxXR6bB/+7Mml/wXjeA+8vQ+6CDBSFGIiFhYbA/2Ekr+bkqGfC0QwePGWX97HXyVOrRHo0i"
     "44mSH6DUTB4aKhG0aODZ"},
    {"30820222300d06092a864886f70d01010105000382020f003082020a028202010092319e6617567735d57baceb"
     "ae17ebb497128cf6e183142ed4a8476e81735b06459c2f1387a731137126c2fa616f0b480c0f18d9544ca229e5"
     "ccbfb5c3374120bb631d6c989a061ef95cf7481d16e1c4e98bbab6252f6d991554eb699fd71c19d22b4b216f79"
     "ce08fcac5f4da685d3b418d2ef8dcc7aaee26a7afd21b644b50154b2113d026a8f61016a41ff7775083e5f4ac8"
     "4aa407376043e8376c7d391320b92f96e44d0cf942c6ebfa04110b03d77c44a4281d1346531d6091d5584e7363"
     "3bbde4a18e0706618c9cfb70443ddde79187cbc7f094c90abcf0ca072d9891145251015230b1a870c147f57522"
     "3583a0f85ca32062bcc6b36e6558aa3f6be5478092d2747ae61c221b5f5d8de52f66b9afdabe694fb2452ee746"
     "e412bb2649b55f3cd685d94792eba9873a046f40c69885fb8aa7bd88ca093abc940c398d4bb97cadb3decf8959"
     "6ad01543b9b4f5cf47c7ff3a995f24c331dbd9c587278a5944e485f3a7f65a31ff145baeebe040cffba6f55305"
     "189b1d6eaec9f97995ae7b9aa72d72471871683d6cdbc7d3ed14561e4f2974e21cdbe4a2080797fa1c3c6abe5d"
     "171f51cb8546efcda55eaf0c407fef04894ba4467b1092064e7d8135c312fd13c9b2cc99ed4c40fc307b2067db"
     "c3002be8ece1492105c5461ff8ca36cc703b1da48c353dfb3c4c42ec78c954465901c48e15e49893ccd4cc5f93"
     "7dd9a0d1cd0203010001",
     "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAACAQCSMZ5mF1Z3NdV7rOuuF+u0lxKM9uGDFC7UqEdugXNbBkWcLxOHpz"
     "ETcSbC+mFvC0gMDxjZVEyiKeXMv7XDN0Egu2MdbJiaBh75XPdIHRbhxOmLurYlL22ZFVTraZ/XHBnSK0shb3nOCPys"
     "X02mhdO0GNLvjcx6ruJqev0htkS1AVSyET0Cao9hAWpB/3d1CD5fSshKpAc3YEPoN2x9ORMguS+W5E0M+ULG6/oEEQ"
     "sD13xEpCgdE0ZTHWCR1VhOc2M7veShjgcGYYyc+3BEPd3nkYfLx/CUyQq88MoHLZiRFFJRAVIwsahwwUf1dSI1g6D4"
     "XKMgYrzGs25lWKo/a+VHgJLSdHrmHCIbX12N5S9mua/avmlPskUu50bkErsmSbVfPNaF2UeS66mHOgRvQMaYhfuKp7"
     "2Iygk6vJQMOY1LuXyts97PiVlq0BVDubT1z0fH/zqZXyTDMdvZxYcnillE5IXzp/ZaMf8UW67r4EDP+6b1UwUYmx1u"
     "rsn5eZWue5qnLXJHGHFoPWzbx9PtFFYeTyl04hzb5KIIB5f6HDxqvl0XH1HLhUbvzaVerwxAf+8EiUukRnsQkgZOfY"
     "E1wxL9E8myzJntTED8MHsgZ9vDACvo7OFJIQXFRh/4yjbMcDsdpIw1Pfs8TELseMlURlkBxI4V5JiTzNTMX5N92aDR"
     "zQ=="},
};

PublicKey key_of(ByteView spki) { return PublicKey::from_spki(spki).value(); }

TEST(SshKey, IsWhatSshKeygenMakes) {
  for (const Vector& vector : kVectors) {
    const std::string line = authorized_keys_line(ssh_public_key(key_of(from_hex(vector.spki).value())));
    EXPECT_EQ(line, vector.line);
    EXPECT_TRUE(is_authorized_keys_line(line));
  }
}

// RFC 8709 section 4: string "ssh-ed25519", string key.
TEST(SshKey, Ed25519) {
  SystemRandom random;
  const auto pair = Ed25519KeyPair::generate(random);
  const SshPublicKey key = ssh_public_key(key_of(pair.spki()));
  EXPECT_EQ(key.type, "ssh-ed25519");
  EXPECT_EQ(to_hex(key.blob),
            "0000000b" + to_hex(as_bytes(key.type)) + "00000020" + to_hex(ByteView(pair.spki()).last(32)));
  EXPECT_TRUE(is_authorized_keys_line(authorized_keys_line(key)));
}

TEST(SshKey, APlainKeyIsTheOnlyLineThatPasses) {
  const std::string good(kVectors[0].line);
  for (const std::string& bad :
       {std::string(), good + "\n", good + " comment", " " + good, "restrict " + good,
        "command=\"x\" " + good, good + "\n" + good, good.substr(0, good.size() - 4) + "!AAA",
        std::string("ecdsa-sha2-nistp256"), std::string("ecdsa-sha2-nistp256 "), "ssh-rsa" + good.substr(19),
        "cert-authority " + good, std::string("ssh-rsa AAAAB3NzaC1yc2E="),
        std::string("ssh-dss AAAAB3NzaC1kc3M="), good + std::string(1, '\0')}) {
    EXPECT_FALSE(is_authorized_keys_line(bad)) << bad;
  }
}

}  // namespace
}  // namespace cardea::crypto
