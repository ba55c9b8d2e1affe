package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"strings"
	"syscall"

	"github.com/wneessen/go-mail/smtp"
)

// Advice says in one line what to do about a letter that was not taken: Chinese,
// then English. It is "" for an error that is no *Refusal.
func Advice(err error) string {
	var r *Refusal
	if !errors.As(err, &r) {
		return ""
	}
	for _, a := range advices {
		if a.stage == r.Stage && a.fits(r) {
			return a.text
		}
	}
	return "程序会再试；运行 taizhang mail test 看停在哪一步 (it will be tried again; taizhang mail test shows where it stops)"
}

// advice is what to do about a refusal.
type advice struct {
	stage string
	fits  func(*Refusal) bool
	text  string
}

// advices are looked through from the top; the first that fits is given.
var advices = []advice{
	{StageAddress, always, "改好 counties.yaml（市里的在 taizhang.yaml 的 cityMail）里的邮箱，重新启动 (mend the address in counties.yaml or cityMail, restart)"},
	{StageConnect, isDNS, "找不到这个服务器名：核对 mail.host，再看本机的 DNS 和网络 (no such host: check mail.host, DNS, network)"},
	{StageConnect, isRefused, "端口没有开：核对 mail.host、mail.port；starttls 用 587，tls 用 465，none 用 25 (port closed: check host and port; 587 for starttls, 465 for tls, 25 for none)"},
	{StageConnect, isTimeout, "连不上：核对 mail.host、mail.port，请网络管理员看防火墙是否放行 (no connection: check host, port, firewall)"},
	{StageGreeting, isTimeout, "连上了但服务器不说话：465 端口要写 tls: tls，587 写 tls: starttls；都对就是服务器太忙，程序会再试 (it does not speak: port 465 wants tls: tls, 587 tls: starttls)"},
	{StageGreeting, isCode(554, 550), "服务器不让这台机器连接：请邮箱管理员把本机的 IP 放行 (this machine is not welcome: ask the mail admin to allow its IP)"},
	{StageGreeting, isCode(421), "服务器正忙或限制连接次数，程序会再试；常见的话把 mail.perMinute 调小 (busy or limiting: it will be tried again; lower mail.perMinute)"},
	{StageTLS, isCertificate, certificateAdvice},
	{StageTLS, always, "加密握手不成：465 端口才用 tls: tls，587 用 tls: starttls (TLS failed: tls is for port 465, starttls for 587)"},
	{StageStartTLS, isError(errNoStartTLS), "服务器没有 STARTTLS：改用 tls: tls 和 465 端口；只有内网里确实不加密的服务器才写 tls: none (no STARTTLS: use tls: tls on port 465; none only inside your own network)"},
	{StageStartTLS, isCertificate, certificateAdvice},
	{StageStartTLS, always, "STARTTLS 之后加密不成，信没有明文发出；请邮箱管理员查看，或改用 tls: tls 和 465 端口 (TLS failed after STARTTLS, nothing went out in the open; ask the mail admin or use port 465)"},
	{StageSignIn, isError(errNoSignIn), "服务器不提供登录：不需要登录就把 mail.user 留空；也可能要先加密，把 tls 改为 starttls 或 tls (no sign-in offered: leave mail.user empty, or use TLS)"},
	{StageSignIn, isError(smtp.ErrUnencrypted), "密码不走不加密的线路：把 tls 改为 starttls 或 tls (a password is not sent in the open: use starttls or tls)"},
	{StageSignIn, isCode(535, 534, 530, 526), "登录不成：多数邮箱要填“授权码”，不是登录密码；在邮箱网页的设置里开通 SMTP 后取得，填到 mail.password (sign-in failed: most providers want an authorisation code, got from their web page after SMTP is switched on)"},
	{StageSender, always, "mail.from 必须是登录账号自己的地址：让 from 里的地址与 mail.user 相同 (mail.from must be the address of the account mail.user)"},
	{StageRecipient, saysAny("relay", "authentic", "转发", "认证"), "服务器不替没有登录的人转发：填好 mail.user 和 mail.password (relaying denied: set mail.user and mail.password)"},
	{StageRecipient, isCode(550, 551, 553, 554), "对方没有这个邮箱，或不收我们的信：打电话核对地址，改好 counties.yaml 后重新启动 (no such mailbox, or we are refused: ask the county, mend counties.yaml, restart)"},
	{StageRecipient, isCode(552, 452, 422), "对方邮箱满了：请县区清理邮箱 (the mailbox is full: ask the county to clear it)"},
	{StageRecipient, isTemporary, "对方请稍后再送，程序会再试，不用做什么 (asked to wait; it will be tried again)"},
	{StageContent, isMaybe, "可能已经送到；会用同一个 Message-ID 再送，邮箱能认出是同一封 (may have arrived; it is sent again under the same Message-ID)"},
	{StageContent, isCode(552), "信太大，不带附件也不收：请邮箱管理员查看限额 (too large even without attachments: ask the mail admin)"},
	{StageContent, isCode(550, 553, 554), "被当作垃圾邮件退回：核对 mail.from 与账号一致，请对方把发信地址加入白名单 (taken for spam: check mail.from, ask the other side to allow our address)"},
	{StageContent, isTemporary, "对方请稍后再送，程序会再试，不用做什么 (asked to wait; it will be tried again)"},
}

const partlyAdvice = "其余的地址已经送到；被拒的地址请核对，改好 counties.yaml 后重新启动 (the other addresses have it; check those refused, mend counties.yaml, restart)"

const certificateAdvice = "服务器的证书不受信任、过期或名字不符：mail.host 写证书上的名字；单位自己的证书把签发者的文件写在 mail.caFile (certificate not trusted: use the name in it as mail.host, or name the issuer's file in mail.caFile)"

func always(*Refusal) bool { return true }

func isMaybe(r *Refusal) bool { return r.Maybe }

func isTemporary(r *Refusal) bool { return r.Code >= 400 && r.Code < 500 }

func isError(target error) func(*Refusal) bool {
	return func(r *Refusal) bool { return errors.Is(r.Err, target) }
}

func isCode(codes ...int) func(*Refusal) bool {
	return func(r *Refusal) bool {
		for _, code := range codes {
			if r.Code == code {
				return true
			}
		}
		return false
	}
}

// saysAny looks for words in a refusal for good.
func saysAny(words ...string) func(*Refusal) bool {
	return func(r *Refusal) bool {
		said := strings.ToLower(r.Err.Error())
		for _, w := range words {
			if r.Code >= 500 && strings.Contains(said, w) {
				return true
			}
		}
		return false
	}
}

// isRefused knows a closed port, on Windows by its own number.
func isRefused(r *Refusal) bool {
	const windows = syscall.Errno(10061)
	return errors.Is(r.Err, syscall.ECONNREFUSED) || errors.Is(r.Err, windows)
}

func isDNS(r *Refusal) bool {
	var e *net.DNSError
	return errors.As(r.Err, &e)
}

func isTimeout(r *Refusal) bool {
	var e net.Error
	return errors.Is(r.Err, os.ErrDeadlineExceeded) || errors.Is(r.Err, context.DeadlineExceeded) || errors.As(r.Err, &e) && e.Timeout()
}

func isCertificate(r *Refusal) bool {
	var e *tls.CertificateVerificationError
	var host x509.HostnameError
	return errors.As(r.Err, &e) || errors.As(r.Err, &host)
}
