"""Unlawful words are found however they are written; lawful firmness passes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duecare.speech import check_text
from duecare.speech.vocabulary import CATEGORIES

UNLAWFUL = {
    "violence": [
        "I know where you live, watch your back.",
        "If you don't pay, people will come to your house.",
        "小心出门，我知道你住哪。",
        "我不想再等了，明天就找人去你家",
    ],
    "false_authority": ["I am from the court enforcement office.", "我是公安局的"],
    "false_legal_threat": [
        "The police will arrest you tomorrow.",
        "If it is not paid you will go to jail",
        "坐 牢 去 吧",
    ],
    "insult": ["You deadbeat!", "Suicidal or not, you pay first.", "你这个老賴", "想不开也得先把钱还了"],
    "disclosure": [
        "If you don't pay we will call your boss",
        "You did not answer so I will tell your mother",
        "你再不想还钱就爆你通讯录",
        "我们会通知你单位领导",
    ],
    "shaming": ["We'll put your photo on a poster and shame you.", "让你在村里抬不起头"],
    "pressure": ["We'll ring you every hour until you pay.", "一天打你一百个电话"],
    "false_amount": ["Your debt doubles tomorrow unless you pay.", "交三千元律师费就销案"],
    "false_claim": ["I guarantee to wipe your credit report.", "保证帮你删除征信记录"],
    "borrow_to_pay": ["You must borrow from your parents to pay.", "去网贷借点还上"],
    "private_payment": ["Send it to my Venmo.", "转到我个人微信"],
    "privacy": ["Read me your PIN and the verification code.", "把验证码发给我"],
    "rights_denial": ["You can't dispute this.", "投诉没用"],
    "discrimination": ["You people never pay.", "你们河南人就是不讲信用"],
}
LAWFUL = [
    "Please pay 300 by Friday, or call us to agree on instalments.",
    "If the account remains unpaid, the creditor may take legal action; no decision has been made.",
    "Interest continues to accrue at the contractual rate until the balance is paid.",
    "Pay only to the creditor's official account, never to a private person.",
    "We will never threaten you, insult you or call your employer.",
    "You will not be arrested for this.",
    "No one will call your employer.",
    "You do not have to borrow from friends to pay this.",
    "Beware of anyone who asks you to pay by gift cards or to a private account.",
    "Without payment by 30 June we may recommend that our client begin court proceedings.",
    "You may ask a lawyer to represent you; we then write to the lawyer only.",
    "The late fee of 25 was added on 3 May under clause 7 of the contract.",
    "我们绝不威胁、辱骂客户，也不会联系您的家人或单位。",
    "请通过官方渠道还款，切勿转账给个人。",
    "如逾期仍未处理，债权人可能依法向人民法院提起诉讼。",
    "您有权对金额提出异议，也可以向监管部门投诉。",
    "警惕冒充公安、法院人员的诈骗电话。",
    "请勿通过网贷或套现的方式还款。",
    "您反映上一家机构说要抓人，我们已登记投诉。",
    "您不会因此坐牢。",
    "本公司工作人员不会要求您提供验证码或密码。",
    "孩子上学的费用也请算进必要开支。",
    "罚息126元已列入明细。",
]


@pytest.mark.parametrize(
    ("category", "text"), [(category, text) for category, texts in UNLAWFUL.items() for text in texts]
)
def test_unlawful_words_are_found_in_their_category(category, text):
    assert category in {finding.category for finding in check_text(text)}


def test_each_of_the_fourteen_categories_has_an_example_here():
    assert set(UNLAWFUL) == set(CATEGORIES)
    assert len(CATEGORIES) == 14


@pytest.mark.parametrize("text", LAWFUL)
def test_lawful_firm_language_passes(text):
    assert check_text(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "you deadbeat",
        "y o u  d e a d b e a t",
        "ＹＯＵ ＤＥＡＤＢＥＡＴ",
        "you dead\u200bbeat",
        "不 要 脸",
        "不*要*脸",
        "無恥",
    ],
)
def test_spacing_width_and_traditional_signs_hide_nothing(text):
    found = check_text(text)
    assert "insult" in {finding.category for finding in found}
    start, end = found[0].span
    assert 0 <= start < end <= len(text)


def test_reasons_and_rewordings_come_in_the_language_asked_for():
    zh, en = check_text("You deadbeat", lang="zh")[0], check_text("你这个老赖", lang="en")[0]
    assert any("\u4e00" <= sign <= "\u9fff" for sign in zh.why)
    assert en.why.isascii()
    assert zh.rewording
    assert en.rewording


def test_what_is_proposed_instead_is_itself_lawful():
    for texts in UNLAWFUL.values():
        for text in texts:
            for lang in ("en", "zh"):
                for finding in check_text(text, lang=lang):
                    assert check_text(finding.rewording) == ()


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.text(max_size=20), st.sampled_from([text for texts in UNLAWFUL.values() for text in texts] + LAWFUL)
        ),
        max_size=5,
    ).map(" ".join)
)
def test_spans_lie_within_any_text(text):
    for finding in check_text(text):
        start, end = finding.span
        assert 0 <= start < end <= len(text)
        assert finding.severity in ("block", "warn")
        assert finding.category in CATEGORIES
        assert finding.why
