"""One small named federation, the same in every test that needs people.

Q1  Liên đoàn Lao động Quận 1           Minh (officer), Hương (chair), Huy (admin)
├── MSH  CĐCS May Sen Hồng              Hòa, Bích (members); Hạnh (committee), Tuấn (vice chair), Thu (chair)
│   └── MSH3  Tổ May 3                  Hòa
└── BTX  CĐCS Tiểu học Bến Thành Xanh   Lan (member); Cúc (chair), Yến (committee)
Q3  another federation                  Phú (officer)
└── KHA  CĐCS of Quận 3                 Sơn (member), Vân (chair)
"""

from dataclasses import dataclass
from uuid import UUID

from flask import Flask

from app.db import writing
from app.units import actions as units
from tests import make
from tests.make import START


@dataclass(frozen=True)
class World:
    app: Flask
    hoa: UUID
    bich: UUID
    hanh: UUID
    tuan: UUID
    thu: UUID
    lan: UUID
    cuc: UUID
    yen: UUID
    minh: UUID
    huong: UUID
    huy: UUID
    son: UUID
    van: UUID
    phu: UUID


def build(app: Flask) -> World:
    with app.app_context(), writing():
        units.install_kinds()
        q1 = units.open_unit(None, "Q1", "Liên đoàn Lao động Quận 1", "district", None, START, "LĐLĐ Quận 1")
        q3 = units.open_unit(None, "Q3", "Liên đoàn Lao động Quận 3", "district", None, START, "LĐLĐ Quận 3")
        msh = units.open_unit(None, "MSH", "CĐCS May Sen Hồng", "grassroots", q1.id, START, phone="0900000118")
        units.open_unit(None, "MSH3", "Tổ May 3", "group", msh.id, START)
        units.open_unit(None, "BTX", "CĐCS Tiểu học Bến Thành Xanh", "grassroots", q1.id, START)
        units.open_unit(None, "KHA", "CĐCS Khánh An", "grassroots", q3.id, START)
    people = {
        "hoa": make.person(app, "Nguyễn Thị Hòa", "MSH", address="chị", phone="0900000001", group="MSH3"),
        "bich": make.person(app, "Lê Thị Bích", "MSH", address="chị"),
        "hanh": make.person(app, "Trần Thị Mỹ Hạnh", "MSH", address="cô"),
        "tuan": make.person(app, "Lê Văn Tuấn", "MSH", address="anh"),
        "thu": make.person(app, "Phạm Thị Thu", "MSH", address="chị"),
        "lan": make.person(app, "Mai Thị Lan", "BTX"),
        "cuc": make.person(app, "Huỳnh Thị Cúc", "BTX"),
        "yen": make.person(app, "Lương Thị Yến", "BTX"),
        "minh": make.person(app, "Đỗ Quang Minh", code_from="Q1"),
        "huong": make.person(app, "Vũ Thị Thanh Hương", code_from="Q1"),
        "huy": make.person(app, "Lý Gia Huy", code_from="Q1"),
        "son": make.person(app, "Ngô Ngọc Sơn", "KHA"),
        "van": make.person(app, "Tạ Thị Vân", "KHA"),
        "phu": make.person(app, "Châu Văn Phú", code_from="Q3"),
    }
    for who, where, name, duty in ROLES:
        make.role(app, people[who], where, name, duty)
    return World(app, **people)


ROLES = (
    ("hanh", "MSH", "officer", "committee"),
    ("tuan", "MSH", "officer", "vice_chair"),
    ("thu", "MSH", "officer", "chair"),
    ("cuc", "BTX", "officer", "chair"),
    ("yen", "BTX", "officer", "committee"),
    ("minh", "Q1", "officer", "committee"),
    ("huong", "Q1", "officer", "chair"),
    ("huy", "Q1", "admin", None),
    ("van", "KHA", "officer", "chair"),
    ("phu", "Q3", "officer", "chair"),
)
